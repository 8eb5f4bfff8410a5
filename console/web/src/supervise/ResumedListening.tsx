/**
 * After a reload a supervisor is back at listening, on the same call if it is still live, without a click; and so they are when
 * their phone was given up and is there again. A call that is over is listened to no more.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { send } from "@/api/client";
import { useTopic } from "@/live/provider";
import { usePhone } from "@/phone/provider";

import { monitoredBefore, useMonitoring } from "./monitoring";

export function ResumedListening() {
  const { view, resumable, resume, start, speak } = usePhone();
  const queries = useQueryClient();
  const { call: own, set } = useMonitoring();
  const wanted = useRef(monitoredBefore());
  const tried = useRef(false);
  useTopic(own === null ? null : "calls", ({ type, data }) => {
    if (type === "call_ended" && data.call_id === own) set(null, null);
  });
  useEffect(() => {
    if (view.state === "failed" && own !== null) wanted.current = own;
    const call = wanted.current;
    if (call === null) return;
    if (view.state === "off" && !tried.current) {
      tried.current = true;
      if (resumable()) resume();
      else void start().catch(() => set(null, null));
    }
    if (view.state !== "up") return;
    wanted.current = null;
    const listen = async (): Promise<void> => {
      await speak(false);
      await send("POST", `/api/calls/${call}/monitor`, { mode: "listen" });
      set(call, "listen");
      await queries.invalidateQueries({ queryKey: ["board"] });
    };
    listen().catch(() => set(null, null)); // it is over, or another supervisor is there: the board shows it
  }, [own, view.state, resumable, resume, start, speak, set, queries]);
  return null;
}
