/** A briefing in the reader's own words: who had the customer before, and what the robot learnt, or that nobody has spoken yet. */
import type { TFunction } from "i18next";

import type { Briefing } from "@/api/types";

export function linesOf(briefing: Briefing, t: TFunction): string[] {
  const before = briefing.put_through_by ? [t("briefing.put_through", { name: briefing.put_through_by })] : [];
  const learnt = briefing.summary.length || before.length ? briefing.summary : [t("briefing.not_spoken")];
  return [...before, ...learnt];
}
