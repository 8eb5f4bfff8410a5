/** Words for what the server sends as codes. A code that has no words yet is shown as it is: honest, and seen at once. */
import type { TFunction } from "i18next";

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
export const eventName = (t: TFunction, code: string): string => worded(t, "event", code);
/** Why an agent is not ready: one of ours, or what somebody wrote. */
export const reasonName = (t: TFunction, text: string): string => worded(t, "reason", text.replaceAll(" ", "_"));
/** A tenant names its queues; the one that everybody serves has none of its own. */
export const queueName = (t: TFunction, name: string): string => worded(t, "queue", name);
export const langName = (t: TFunction, code: string): string => worded(t, "lang", code);
