/** The board: a snapshot, brought up by events, and fetched anew now and then for the figures only the server can count. */
import { useQuery } from "@tanstack/react-query";

import { get } from "@/api/client";
import type { Board } from "@/api/types";
import { useCaughtUp } from "@/live/provider";

const FIGURES_EVERY_MS = 5_000;

export function useBoard(campaignId: string | null) {
  const caughtUp = useCaughtUp();
  return useQuery({
    queryKey: ["board", campaignId],
    queryFn: async () => caughtUp(await get<Board>("/api/board", { campaign_id: campaignId ?? undefined })),
    refetchInterval: FIGURES_EVERY_MS,
    placeholderData: (before: Board | undefined) => before,
  });
}
