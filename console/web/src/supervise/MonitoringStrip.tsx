/**
 * On every page: in which call a supervisor is, in which mode, who hears them, and the way out. A microphone that is open in a
 * call is never without this sign; where the server knows of no such call any more, the microphone is closed.
 */
import { Button } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";

import type { Me, MonitorMode } from "@/api/types";
import { useBoard } from "@/board/useBoard";
import { useDesk } from "@/desk/useDesk";
import { usePhone } from "@/phone/provider";

import { useLeave, useMonitoring } from "./monitoring";
import { useLiveCall, WhoHears } from "./WhoHears";

/** Its ladders say the same, each beside its call. */
const LADDERS = "/supervise";

export function MonitoringStrip({ me }: { me: Me }) {
  const { call, mode } = useMonitoring();
  useFound(me);
  return call !== null && mode !== null ? <Strip key={call} callId={call} mode={mode} me={me} /> : null;
}

function Strip({ callId, mode, me }: { callId: string; mode: MonitorMode; me: Me }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const call = useLiveCall(callId);
  const leave = useLeave(callId);
  useServersWord(callId, mode, me);
  if (pathname === LADDERS) return null;
  return (
    <section className={`strip monitoring tone-${mode}`} aria-label={t("monitoring.title")}>
      <span className={`stage tone-${mode}`}>{t(`ladder.${mode}`)}</span>
      <WhoHears callId={callId} mode={mode} />
      <Link to={`/board?call=${callId}`}>
        {t("monitoring.call")} <span translate="no">{call?.masked_name || call?.masked_number}</span>
      </Link>
      <Button size="small" onClick={() => void leave().catch(() => undefined)}>
        {t("ladder.leave")}
      </Button>
    </section>
  );
}

/** Whom the server has in a call they are in, whichever tab or window brought them there: a sign and a way out are here too. */
function useFound(me: Me): void {
  const { call, left, set } = useMonitoring();
  const { data: board } = useBoard(null);
  const mine = board?.calls.find((one) => one.monitored_by === me.user_id);
  const { call_id = null, monitored = null } = mine ?? {};
  useEffect(() => {
    if (call !== null) return;
    if (call_id === null && left !== null && board !== undefined) useMonitoring.setState({ left: null });
    if (call_id !== null && call_id !== left) set(call_id, monitored);
  }, [call, left, call_id, monitored, board, set]);
}

/** The server moves supervisors too: back to listening when phones or agents come and go, out when the call is over. */
function useServersWord(callId: string, mode: MonitorMode, me: Me): void {
  const { view, speak } = usePhone();
  const { set } = useMonitoring();
  const { data: board, isFetchedAfterMount } = useBoard(null);
  const desk = useDesk().data;
  const call = board?.calls.find((one) => one.call_id === callId);
  const said = isFetchedAfterMount ? (call?.monitored ?? null) : mode;
  const isLost = view.state === "lost";
  const talks = call?.agent_id === me.user_id || desk?.state === "talking"; // the call is theirs now, or another is
  useEffect(() => {
    if (said === null) {
      set(null, null);
      if (!talks) void speak(false);
    } else if (mode !== "listen" && (said === "listen" || isLost)) {
      set(callId, "listen");
      void speak(false);
    } else if (said !== mode && view.state === "off") {
      set(callId, said); // the phone, and who acts, are in another tab
    }
  }, [said, mode, isLost, talks, view.state, callId, set, speak]);
}
