import { useEffect, useRef } from "react";

import type { DeskView } from "@/api/types";
import { usePhone } from "@/phone/provider";
import type { PhoneState } from "@/phone/life";
import { useMonitoring } from "@/supervise/monitoring";

const IN_TROUBLE: readonly PhoneState[] = ["elsewhere", "denied", "no_microphone", "insecure", "lost", "failed", "fenced"];

/**
 * A phone in trouble that nobody needs is put away: the shift is over (as after a restart of the platform, which knows of none)
 * and no call is listened to. Who has just asked for one, and did not get it, is told.
 */
export function useUnneededPhone(desk: DeskView | undefined): void {
  const { view, end } = usePhone();
  const listens = useMonitoring(({ call }) => call !== null);
  const needed = desk === undefined ? null : desk.state !== "gone" || listens;
  const had = useRef(false);
  const { state } = view;
  useEffect(() => {
    if (needed === null) return;
    if (needed || state === "up") had.current = true;
    if (needed) return;
    if (had.current && IN_TROUBLE.includes(state)) end();
    if (state !== "up") had.current = false;
  }, [needed, state, end]);
}
