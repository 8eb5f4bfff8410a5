/** The sentence of the mode a supervisor is in, true at this moment, in the mode's colour. */
import { useTranslation } from "react-i18next";

import type { LiveCall, MonitorMode } from "@/api/types";
import { useBoard } from "@/board/useBoard";

import { whoHears, type Joined } from "./heard";

const TALKING: Joined = { held: false, transfer_to: null, phone_lost: false };

/** A call under way as events change it; undefined: it is over, or nothing is known yet. */
export function useLiveCall(callId: string): LiveCall | undefined {
  return useBoard(null).data?.calls.find((call) => call.call_id === callId);
}

export function WhoHears({ callId, mode }: { callId: string; mode: MonitorMode }) {
  const { t } = useTranslation();
  const call = useLiveCall(callId);
  return (
    <strong className="grow" style={{ color: "var(--tone)" }} role="status">
      {whoHears(mode, call ?? TALKING)
        .map((key) => t(key))
        .join(" ")}
    </strong>
  );
}
