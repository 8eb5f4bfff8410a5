/** A briefing in the reader's own words: who had the customer before, and what the robot learnt, or that nobody has spoken yet. */
import type { TFunction } from "i18next";

import type { Briefing, Turn } from "@/api/types";
import type { MessageKey } from "@/i18n";

/** `unlearnt`: what is said where the robot learnt nothing. */
export function linesOf(briefing: Briefing, t: TFunction, unlearnt: MessageKey = "briefing.not_spoken"): string[] {
  const before = briefing.put_through_by ? [t("briefing.put_through", { name: briefing.put_through_by })] : [];
  const learnt = briefing.summary.length || before.length ? briefing.summary : [t(unlearnt)];
  return [...before, ...learnt];
}

/** Why a call that was answered may have no summary; `over`: it has ended. */
export function whyUnlearnt(transcript: readonly Turn[], over: boolean): MessageKey {
  if (transcript.some(({ who }) => who === "robot")) return "briefing.no_summary";
  return over ? "briefing.no_robot" : "briefing.not_spoken";
}
