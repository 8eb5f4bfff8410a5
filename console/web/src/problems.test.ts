// @vitest-environment node
import { readFileSync } from "node:fs";
import { join } from "node:path";

import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";

import { Refused } from "@/api/client";
import type { CustomerEvent, Problem } from "@/api/types";
import { startI18n } from "@/i18n";
import { en } from "@/i18n/en";
import { zh } from "@/i18n/zh";

import { errorWords, problemWords } from "./problems";
import { becauseText, factText, paceText, timelineWords } from "./words";

const api = JSON.parse(readFileSync(join(import.meta.dirname, "../../../docs/reference/openapi.json"), "utf8")) as {
  components: { schemas: { Problem: { properties: { code: { enum: string[] } } }; TimelineKind: { enum: CustomerEvent["kind"][] } } };
};
const codes = api.components.schemas.Problem.properties.code.enum;
const refusal = (more: Partial<Problem>): Problem => ({ code: "", message: "", remedy: "", case: "", params: {}, request_id: "r", ...more });

beforeAll(() => startI18n("zh"));
const t = i18next.t;

test("every code that the API can answer has words in both languages", () => {
  expect(codes.length).toBeGreaterThan(30);
  for (const table of [en, zh]) expect(codes.flatMap((code) => [`error.${code}`, `error.${code}.fix`]).filter((key) => !(key in table))).toEqual([]);
});

test("a case has a remedy of its own, and belongs to a code", () => {
  const cases = Object.keys(en).filter((key) => key.startsWith("error.") && !key.endsWith(".fix"));
  expect(cases.filter((key) => !(`${key}.fix` in en))).toEqual([]);
  expect(cases.filter((key) => !codes.some((code) => key === `error.${code}` || key.startsWith(`error.${code}.`)))).toEqual([]);
});

test("a refusal is told with its values, in the reader's language", () => {
  expect(problemWords(t, refusal({ code: "kernel.forbidden", params: { roles: ["admin", "supervisor"] } })).what).toBe("需要“班长或管理员”角色。");
  expect(problemWords(t, refusal({ code: "console.too_many_tries", params: { wait_s: 6 } })).fix).toBe("请等待 6 秒后重试。");
  expect(problemWords(t, refusal({ code: "dialer.not_now", case: "own_call" })).what).toBe("你自己正在通话。");
  expect(problemWords(t, refusal({ code: "dialer.not_now", case: "of_tomorrow" })).what).toBe("现在不能这样做。");
});

test("a code that this app does not know is told in the server's words, as sentences", () => {
  const newer = new Refused(409, refusal({ code: "dialer.of_tomorrow", message: "the moon is full", remedy: "Wait." }));
  expect(errorWords(t, newer)).toBe("The moon is full. Wait.");
});

test("every kind of a timeline's lines says something in Chinese", () => {
  const data = { source: "import", owner: "小林", by: "machine", grade: "A", campaign: "秋季", because: "window.platform", result: "busy", attempt_no: 2, rung: true, due_at: "2026-11-26T06:30:00Z", purpose: "recording", given: true, outcome: "sold", text: "喜欢上午" };
  for (const kind of api.components.schemas.TimelineKind.enum) {
    const { name, said } = timelineWords(t, { at: "", kind, data, call_id: null, recording: false }, "zh");
    expect(`${name} ${said}`, kind).not.toMatch(/[A-Za-z]{3,}/);
    if (kind !== "number_added") expect(said, kind).not.toBe("");
  }
});

test("what decided, what was seen and what sets the pace are told without a word of English", () => {
  expect(becauseText(t, "attempts_per_day.platform, opt_out")).toBe("今天已拨满次数, 已要求不再来电");
  expect(becauseText(t, "rule: greet")).toBe("规则 greet");
  expect(becauseText(t, "fallback: not_understood, re-prompt 1")).toBe("没听懂，再问 1");
  expect(becauseText(t, "fallback: silent, re-prompt 2")).toBe("没出声，再问 2");
  expect(becauseText(t, "fallback: hearing lost")).toBe("听不到了");
  expect(becauseText(t, "form: callback_form asks again")).toBe("表单再问 callback_form");
  expect(factText(t, { rule: "attempts_per_day", level: "platform", limit: "2", seen: "3" })).toBe("3/2（平台）");
  const figures = { free: 2, soon: 1, warm_share: 0.123, wanted: 25, in_flight: 6, lines: 30 };
  expect(paceText(t, { law: "progressive", dial: 5, limit: "agents", figures, said: "…" })).toMatch(/^2 名坐席空闲，1 名即将空闲；12.3 % .*再拨 5 路。$/);
  expect(paceText(t, { law: "of_tomorrow", dial: 5, limit: "agents", figures: {}, said: "as it says" })).toBe("as it says");
});
