/** The desk as the server sees it, and its commands. */
import { useQuery } from "@tanstack/react-query";

import { get } from "@/api/client";
import type { components } from "@/api/schema";
import type { DeskView } from "@/api/types";

export function useDesk() {
  return useQuery({ queryKey: ["desk"], queryFn: () => get<DeskView>("/api/desk"), staleTime: 0 });
}

/** The state of who has the desk, by its name: idle as they chose, in a call as the customer's line is. */
export function shownState({ state, status, phone, call }: DeskView): string {
  if (state === "idle") return status;
  if (state !== "talking") return state;
  return phone.state === "lost" ? "reconnecting" : call?.held ? "hold" : state;
}

export const NOT_READY_REASONS = ["break", "lunch", "training", "paperwork"] as const;
export const OUTCOMES = ["sold", "interested", "callback", "thinking", "not_interested", "wrong_person", "no_answer", "complaint", "do_not_call"] as const satisfies readonly components["schemas"]["AgentOutcome"][];
