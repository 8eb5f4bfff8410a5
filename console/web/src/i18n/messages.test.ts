import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { en } from "./en";
import { zh } from "./zh";

const src = join(import.meta.dirname, "..");
const sources = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("i18n") && !name.includes(".test."))
  .map((name) => readFileSync(join(src, name), "utf8"))
  .join("\n");

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();

test("both languages say everything, with the same placeholders", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en)) {
    expect(zh[key as keyof typeof en].trim(), key).not.toBe("");
    expect(placeholders(zh[key as keyof typeof en]), key).toEqual(placeholders(text));
  }
});

test("no sentence was left in English in the Chinese", () => {
  const same = Object.entries(en).filter(([key, text]) => zh[key as keyof typeof en] === text);
  expect(same.map(([key]) => key)).toEqual(["command.lang"]);
});

test("no message is left that nothing shows", () => {
  const dynamic = [...sources.matchAll(/[`"]([a-z_.]+\.)\$\{/g)].map((found) => found[1] ?? "");
  const worded = [...sources.matchAll(/worded\(t, "(\w+)"/g)].map((found) => `${found[1] ?? ""}.`);
  const unused = Object.keys(en).filter((key) => {
    const stem = key.replace(/\.what$/, "");
    return !sources.includes(`"${key}"`) && !sources.includes(`"${stem}"`) && ![...dynamic, ...worded].some((prefix) => key.startsWith(prefix));
  });
  expect(unused).toEqual([]);
});
