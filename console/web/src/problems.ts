/**
 * A refusal in the reader's language: the server sends a code, for some codes which case of it, and the values in its text. Every
 * code that the API names has words here: the compiler and a test see to it. Any other falls back to the server's own.
 */
import type { TFunction } from "i18next";

import { Refused } from "@/api/client";
import type { Problem, ProblemCode } from "@/api/types";
import { en } from "@/i18n/en";

import { langName, roleName } from "./words";

/** No code of the API is without words. */
const WORDED: Record<`error.${ProblemCode}` | `error.${ProblemCode}.fix`, string> = en;

export interface Told {
  what: string;
  fix: string;
}

/** Weakest first, as an administrator would give them. */
const ROLES = ["agent", "designer", "supervisor", "admin"];

export function problemWords(t: TFunction, problem: Problem): Told {
  const values = Object.fromEntries(Object.entries(problem.params).map(([name, value]) => [name, valueWords(t, name, value)]));
  const key = [`error.${problem.code}.${problem.case}`, `error.${problem.code}`].find((one) => one in WORDED);
  const say = t as (key: string, values: Record<string, string | number>) => string; // which values a text takes, the server knows
  if (key) return { what: say(key, values), fix: say(`${key}.fix`, values) }; // a test pairs them
  return { what: sentence(problem.message) || t("problem.unexpected"), fix: sentence(problem.remedy) };
}

/** The same in one line, also for what is no refusal. */
export function errorWords(t: TFunction, error: unknown): string {
  if (!(error instanceof Refused)) return t("problem.unexpected");
  if (error.status === 0) return t("problem.no_answer");
  const { what, fix } = problemWords(t, error.problem);
  return [what, fix].filter(Boolean).join(" ");
}

function valueWords(t: TFunction, name: string, value: Problem["params"][string]): string | number {
  if (name === "lang") return langName(t, String(value));
  if (!Array.isArray(value)) return value;
  const words = name === "roles" ? value.toSorted((one, other) => ROLES.indexOf(one) - ROLES.indexOf(other)).map((role) => roleName(t, role)) : value;
  return words.join(t("list.or"));
}

/** The server's messages begin small and end without a full stop. */
function sentence(text: string): string {
  const said = text.trim();
  if (!said) return "";
  return said.charAt(0).toUpperCase() + said.slice(1) + (/[.!?。！？]$/.test(said) ? "" : ".");
}
