/** Words for what the server sends as codes. A code that has no words yet is shown as it is: honest, and seen at once. */
import type { TFunction } from "i18next";

import type { CustomerEvent, Pace, Reason, TalkEngine } from "@/api/types";
import { dateTime } from "@/clock";
import { en } from "@/i18n/en";
import type { MessageKey } from "@/i18n";

function worded(t: TFunction, prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  return key in en ? t(key as MessageKey) : code.replaceAll("_", " "); // `in` says it is one
}

export const stateName = (t: TFunction, code: string): string => worded(t, "state", code);
export const whoName = (t: TFunction, code: string): string => worded(t, "who", code);
export const roleName = (t: TFunction, code: string): string => worded(t, "role", code);
export const modeName = (t: TFunction, code: string): string => worded(t, "mode", code);
export const leadName = (t: TFunction, code: string): string => worded(t, "lead", code);
export const actionName = (t: TFunction, code: string): string => worded(t, "action", code);
export const outcomeName = (t: TFunction, code: string): string => worded(t, "outcome", code);
/** The machine's word for how a call ended; `outcomeName` is the agent's. */
export const resultName = (t: TFunction, code: string): string => worded(t, "result", code);
export const consentName = (t: TFunction, code: string): string => worded(t, "consent", code);
/** `window.platform` is a rule, window, at a level. */
export const ruleName = (t: TFunction, code: string): string => worded(t, "rule", code.split(".", 1)[0] ?? code);
const levelName = (t: TFunction, code: string): string => worded(t, "level", code);
const sourceName = (t: TFunction, code: string): string => worded(t, "source", code);
export const slotName = (t: TFunction, code: string): string => worded(t, "slot", code);
export const limitName = (t: TFunction, code: string): string => worded(t, "limit", code);
/** Why an agent is not ready: one of ours, or what somebody wrote. */
export const reasonName = (t: TFunction, text: string): string => worded(t, "reason", text.replaceAll(" ", "_"));
/** The server's own reasons: how they came not to be ready, which says nothing of what follows. */
const NOT_CHOSEN: readonly string[] = ["signed in", "missed an offer"];
/** What an agent does when their call is over, if it is not the next. */
export const breakName = (t: TFunction, text: string): string => (NOT_CHOSEN.includes(text) ? "" : reasonName(t, text)) || t("after.not_ready");
/** A tenant names its queues; the one that everybody serves has none of its own. */
export const queueName = (t: TFunction, name: string): string => worded(t, "queue", name);
export const langName = (t: TFunction, code: string): string => worded(t, "lang", code);

/** What quota saw against its limit; nothing for a rule that is the whole of it. */
export function factText(t: TFunction, { rule, level, limit, seen }: Reason): string {
  if (rule === "window") return t("fact.window", { limit, seen });
  return level ? t("fact.count", { limit, seen, level: levelName(t, level) }) : "";
}

/** The pacer's last word as a sentence. Shares come as 0..1. */
export function paceText(t: TFunction, { law, dial, figures, said }: Pace): string {
  const key = `pacing.${law}`;
  if (!(key in en)) return said;
  const shown = Object.entries(figures).map(([name, value]): [string, string | number] => [name, name.endsWith("_share") ? `${rounded(100 * value)} %` : rounded(value)]);
  const say = t as (key: string, values: Record<string, string | number>) => string; // a test of the server holds the values to the words
  return say(key, { ...Object.fromEntries(shown), dial });
}

const rounded = (value: number): number => Math.round(10 * value) / 10;

/** Who hears a person, and how good to expect it to be. */
export function earWords(t: TFunction, { hearing, name, expect }: TalkEngine): { name: string; expect: string } {
  if (hearing === null) return { name, expect };
  return { name: hearing === "own" ? `${t("ear.own")} ${name}` : `pocketsphinx, ${t(`ear.${hearing}`)}`, expect: t(`ear.${hearing}.expect`) };
}

/** What the platform itself tells in a talk; `text` is the server's. */
export const noticeName = (t: TFunction, code: string, text: string): string => (`notice.${code}` in en ? worded(t, "notice", code) : text);

export interface Because {
  said: string;
  /** What an assistant's files call it. */
  name: string;
}

const BECAUSE: [RegExp, MessageKey][] = [
  [/^rule: (.+)$/, "because.rule"],
  [/^story: (.+)$/, "because.story"],
  [/^form: (\S+) is filled$/, "because.form_filled"],
  [/^form: (\S+) asks again$/, "because.form_again"],
  [/^fallback: nothing for (.+) here$/, "because.fallback"],
  [/^fallback: not_understood, re-prompt (\d+)$/, "because.not_understood"],
  [/^fallback: silent, re-prompt (\d+)$/, "because.silent"],
  [/^fallback: hearing lost()$/, "because.hearing_lost"],
  [/^route (\d+)$/, "because.route"],
  [/^lost()$/, "because.lost"],
  [/^opt_out()$/, "because.opt_out"],
  [/^the customer went on speaking()$/, "because.went_on"],
  [/^EXTERNAL_agent_lost()$/, "because.agent_lost"],
  [/^EXTERNAL_agent_calls_back()$/, "because.agent_calls_back"],
];

/** Why something was decided: a rule of an assistant or of quota, by its name. */
export function becauseOf(t: TFunction, text: string): Because {
  for (const [shape, key] of BECAUSE) {
    const found = shape.exec(text);
    if (found) return { said: t(key), name: found[1] ?? "" };
  }
  const rules = text.split(/, ?/);
  if (rules.every((rule) => `rule.${rule.split(".", 1)[0] ?? ""}` in en)) return { said: rules.map((rule) => ruleName(t, rule)).join(", "), name: "" };
  return { said: "", name: text };
}

export const becauseText = (t: TFunction, text: string): string => Object.values(becauseOf(t, text)).filter(Boolean).join(" ");

/** One line of a customer's timeline: its name, what it says, and whether a person wrote that. */
export function timelineWords(t: TFunction, { kind, data }: CustomerEvent, lang: string): { name: string; said: string; written?: boolean } {
  const of = (name: string): string => (data[name] === undefined ? "" : String(data[name]));
  const because = data.because === undefined ? "" : becauseText(t, of("because"));
  const due = data.due_at === undefined ? "" : t("told.due", { time: dateTime(of("due_at"), lang) });
  const name = t(`event.${kind}`);
  switch (kind) {
    case "registered":
    case "opted_out":
      return { name, said: data.source === undefined ? "" : sourceName(t, of("source")) };
    case "number_added":
      return { name, said: "" };
    case "assigned":
      return data.owner === undefined ? { name, said: t("told.unassigned") } : { name, said: of("owner"), written: true };
    case "graded":
      return { name, said: t(data.by === "human" ? "grade.by_human" : "grade.by_machine", { grade: of("grade") }) };
    case "lead_added":
      return { name, said: of("campaign"), written: true };
    case "lead_stopped":
    case "callback_cancelled":
      return { name, said: because };
    case "call": {
      const attempt = data.attempt_no === undefined ? "" : t("told.attempt", { count: Number(data.attempt_no) });
      return { name, said: [resultName(t, of("result")), attempt, data.rung === false ? t("told.not_rung") : ""].filter(Boolean).join(" · ") };
    }
    case "callback_booked":
    case "callback_moved":
      return { name, said: [due, because].filter(Boolean).join(" · ") };
    case "consent":
      return { name, said: [worded(t, "purpose", of("purpose")), t(data.given === true ? "told.given" : "told.refused"), sourceName(t, of("source"))].filter(Boolean).join(" · ") };
    case "wrapped_up":
      return { name, said: [outcomeName(t, of("outcome")), data.grade === undefined ? "" : t("grade.by_human", { grade: of("grade") })].filter(Boolean).join(" · ") };
    case "note":
      return { name, said: of("text"), written: true };
  }
}
