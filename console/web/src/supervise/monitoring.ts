/** Which call this supervisor is on, and on which rung; the same on every page. */
import { create } from "zustand";

import type { MonitorMode } from "@/api/types";

interface Monitoring {
  call: string | null;
  mode: MonitorMode | null;
  set: (call: string | null, mode: MonitorMode | null) => void;
}

export const useMonitoring = create<Monitoring>((set) => ({
  call: null,
  mode: null,
  set: (call, mode) => set({ call, mode }),
}));
