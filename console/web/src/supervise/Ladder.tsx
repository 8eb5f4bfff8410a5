/**
 * Listen, whisper, barge, take over: each its own colour and its own sentence about who hears whom. The server enforces it;
 * here the microphone is not even attached while listening. After a reconnect one is back at listening (MonitoringStrip).
 */
import { Button } from "antd";
import { useTranslation } from "react-i18next";

import type { MonitorMode } from "@/api/types";
import { useCanCommand } from "@/live/provider";
import { useCommand } from "@/parts/command";
import { useSure } from "@/parts/sure";
import { useToast } from "@/parts/toast";
import { usePhone } from "@/phone/provider";

import { useLeave, useMonitoring } from "./monitoring";
import { WhoHears } from "./WhoHears";

const RUNGS: readonly MonitorMode[] = ["listen", "whisper", "barge"];

export function Ladder({ callId, allowed }: { callId: string; allowed: readonly string[] }) {
  const { t } = useTranslation();
  const toast = useToast();
  const sure = useSure();
  const canCommand = useCanCommand();
  const { view, start, speak } = usePhone();
  const command = useCommand("board", "call");
  const { call, mode, set } = useMonitoring();
  const leave = useLeave(callId);
  const own = call === callId ? mode : null;

  /** The microphone first: without one there is nothing to whisper with, and the server must not believe otherwise. */
  const attach = async (): Promise<boolean> => {
    try {
      await speak(true);
      return true;
    } catch {
      toast.tell("warning", `${t("phone.denied")}. ${t("phone.denied.what")}`);
      return false;
    }
  };
  const climb = async (wanted: MonitorMode): Promise<void> => {
    if (view.state !== "up") await start();
    if (wanted === "listen") await speak(false);
    else if (!(await attach())) return;
    try {
      await command.mutateAsync({ path: `/api/calls/${callId}/monitor`, body: { mode: wanted } });
    } catch (refused) {
      if (own === null || own === "listen") await speak(false);
      throw refused;
    }
    set(callId, wanted);
  };
  const takeOver = (): void =>
    sure({
      title: t("ladder.take_over"),
      content: t("ladder.take_over.sure"),
      act: t("ladder.take_over"),
      onOk: async () => {
        if (view.state !== "up") await start();
        if (!(await attach())) return;
        await command.mutateAsync({ path: `/api/calls/${callId}/take-over` });
        set(null, null);
      },
    });
  if (!["listen", "whisper", "barge", "take_over"].some((action) => allowed.includes(action))) return null;
  return (
    <div className="stack" style={{ gap: 4 }}>
      <div className="ladder" role="group" aria-label={t("ladder.title")}>
        {RUNGS.map((rung) => (
          <button
            key={rung}
            type="button"
            className={`plain rung tone-${rung}`}
            aria-pressed={own === rung}
            disabled={!canCommand || !allowed.includes(rung) || command.isPending}
            onClick={() => void climb(rung).catch(() => undefined)} // useCommand has told why
          >
            {t(`ladder.${rung}`)}
          </button>
        ))}
        <button type="button" className="plain rung tone-take_over" disabled={!canCommand || !allowed.includes("take_over")} onClick={takeOver}>
          {t("ladder.take_over")}
        </button>
      </div>
      {own ? (
        <div className={`row tone-${own}`}>
          <WhoHears callId={callId} mode={own} />
          <Button size="small" onClick={() => void leave().catch(() => undefined)}>
            {t("ladder.leave")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
