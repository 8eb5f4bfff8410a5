/** After a reload a supervisor is back at listening, on the same call if it is still live, without a click. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { send } from "@/api/client";
import { usePhone } from "@/phone/provider";

import { monitoredBefore, useMonitoring } from "./monitoring";

export function ResumedListening() {
  const { view, resumable, resume, start, speak } = usePhone();
  const queries = useQueryClient();
  const set = useMonitoring((state) => state.set);
  const [call] = useState(monitoredBefore);
  const tried = useRef({ phone: false, call: false });
  useEffect(() => {
    if (call === null || tried.current.call) return;
    if (view.state === "off" && !tried.current.phone) {
      tried.current.phone = true;
      if (resumable()) resume();
      else void start().catch(() => set(null, null));
    }
    if (view.state !== "up") return;
    tried.current.call = true;
    const listen = async (): Promise<void> => {
      await speak(false);
      await send("POST", `/api/calls/${call}/monitor`, { mode: "listen" });
      set(call, "listen");
      await queries.invalidateQueries({ queryKey: ["board"] });
    };
    listen().catch(() => set(null, null)); // it is over, or another supervisor is there: the board shows it
  }, [call, view.state, resumable, resume, start, speak, set, queries]);
  return null;
}
