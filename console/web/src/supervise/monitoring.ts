/**
 * Which call this supervisor is on, and on which rung; the same on every page. The call is remembered for as long as the tab
 * lives, so that a reload returns to listening there.
 */
import { create } from "zustand";

import type { MonitorMode } from "@/api/types";

const PLACE = "jingyin.monitoring";

interface Monitoring {
  call: string | null;
  mode: MonitorMode | null;
  set: (call: string | null, mode: MonitorMode | null) => void;
}

export const useMonitoring = create<Monitoring>((set) => ({
  call: null,
  mode: null,
  set: (call, mode) => {
    if (call === null) sessionStorage.removeItem(PLACE);
    else sessionStorage.setItem(PLACE, call);
    set({ call, mode });
  },
}));

/** The call that was listened to before the page was loaded anew. */
export const monitoredBefore = (): string | null => sessionStorage.getItem(PLACE);
