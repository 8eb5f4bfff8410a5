import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

import type { DeskView } from "@/api/types";
import { usePhone } from "@/phone/provider";

/** Where an agent plays the customer: that tab must not also become the agent's phone when the desk's tab closes. */
export const CUSTOMERS_PAGE = "/talk";

/** After a reload, on whatever page, the shift is still on: take the microphone and the same call again, without a click. */
export function useResumedPhone(desk: DeskView | undefined): void {
  const { view, resume } = usePhone();
  const { pathname } = useLocation();
  const tried = useRef(false);
  const wanted = desk !== undefined && desk.state !== "gone" && pathname !== CUSTOMERS_PAGE;
  useEffect(() => {
    if (!wanted || tried.current || view.state !== "off") return;
    tried.current = true;
    resume();
  }, [wanted, view.state, resume]);
}
