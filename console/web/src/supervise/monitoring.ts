/**
 * Which call this supervisor is on, and on which rung; the same on every page. The call is remembered for as long as the tab
 * lives, so that a reload returns to listening there.
 */
import { useQueryClient } from "@tanstack/react-query";
import { create } from "zustand";

import { Refused } from "@/api/client";
import type { DeskView, MonitorMode } from "@/api/types";
import { useCommand } from "@/parts/command";
import { usePhone } from "@/phone/provider";

const PLACE = "jingyin.monitoring";

interface Monitoring {
  call: string | null;
  mode: MonitorMode | null;
  /** The call they went out of last: until the server knows it too, it is not found again. */
  left: string | null;
  set: (call: string | null, mode: MonitorMode | null) => void;
}

export const useMonitoring = create<Monitoring>((set) => ({
  call: null,
  mode: null,
  left: null,
  set: (call, mode) => {
    if (call === null) sessionStorage.removeItem(PLACE);
    else sessionStorage.setItem(PLACE, call);
    set(({ call: before }) => ({ call, mode, left: call === null ? before : null }));
  },
}));

/** The call that was listened to before the page was loaded anew. */
export const monitoredBefore = (): string | null => sessionStorage.getItem(PLACE);

/** How to go out of the call: the microphone first, whatever the server answers. */
export function useLeave(callId: string): () => Promise<void> {
  const { speak } = usePhone();
  const { set } = useMonitoring();
  const command = useCommand("board", "call");
  return async () => {
    await speak(false);
    try {
      await command.mutateAsync({ method: "DELETE", path: `/api/calls/${callId}/monitor` });
    } catch (refused) {
      if (!(refused instanceof Refused && refused.status === 404)) throw refused; // else it is over, and nobody is in it
    }
    set(null, null);
  };
}

/** Asks whether others hear this microphone now: in the call of their own desk, or in one they whisper or barge in. */
export function useHeardInACall(): () => boolean {
  const queries = useQueryClient();
  return () => {
    const { mode } = useMonitoring.getState();
    return mode === "whisper" || mode === "barge" || queries.getQueryData<DeskView>(["desk"])?.state === "talking";
  };
}
