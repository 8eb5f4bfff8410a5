import { useEffect, useRef } from "react";

import type { DeskView } from "@/api/types";
import { usePhone } from "@/phone/provider";

/** The shift has ended by the server's word, after the call that it was to follow: this browser is no phone any more. */
export function useEndedShift(desk: DeskView | undefined): void {
  const { end } = usePhone();
  const { state, next } = desk ?? {};
  const wasToEnd = useRef(false);
  useEffect(() => {
    if (state === "gone" && wasToEnd.current) end();
    wasToEnd.current = state !== undefined && state !== "gone" && next === "end_of_shift";
  }, [state, next, end]);
}
