/** The agent's workbench: the call at hand, an unfinished one, or what they wait for. */
import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";

import type { DeskView } from "@/api/types";
import { useCanCommand } from "@/live/provider";
import { Loading } from "@/parts/Loading";
import { Problem } from "@/parts/Problem";
import { useCommand } from "@/parts/command";

import { useEndShift } from "./AfterCall";
import { Bench } from "./Bench";
import { ShiftCheck } from "./ShiftCheck";
import { UnfinishedCallForm, UnfinishedList, useOpenUnfinished } from "./Unfinished";
import { useDesk } from "./useDesk";
import { WrapUp } from "./WrapUp";

export function DeskPage() {
  const { t } = useTranslation();
  const desk = useDesk();
  if (desk.error && !desk.data) {
    return (
      <div className="page">
        <Problem error={desk.error} retry={() => void desk.refetch()} />
      </div>
    );
  }
  if (!desk.data) return <Loading />;
  const busy = desk.data.offer ?? desk.data.call ?? desk.data.wrap_up;
  return (
    <div className="page">
      {busy ? <h1 className="hidden-text">{t("nav.desk")}</h1> : null}
      <Workbench desk={desk.data} />
    </div>
  );
}

function Workbench({ desk }: { desk: DeskView }) {
  const { t } = useTranslation();
  const [unfinished] = useOpenUnfinished();
  const { call, offer, wrap_up } = desk;
  const briefing = call?.briefing ?? offer?.briefing ?? null;
  const callId = call?.call_id ?? wrap_up?.call_id ?? null;
  if (!briefing && callId === null) {
    if (unfinished !== null) return <UnfinishedCallForm callId={unfinished} />;
    return desk.state === "gone" ? <ShiftCheck unfinished={<UnfinishedList desk={desk} />} /> : <Waiting desk={desk} />;
  }
  return (
    <Bench call={call} briefing={briefing} over={wrap_up !== null}>
      {callId ? (
        <WrapUp key={callId} callId={callId} draft={call?.draft ?? wrap_up?.draft ?? null} ended={desk.allowed_actions.includes("wrap_up")} next={desk.next === "call"} />
      ) : (
        <section className="panel" aria-label={t("wrap.title")}>
          <p className="body soft">{t("desk.after_answer")}</p>
        </section>
      )}
    </Bench>
  );
}

function Waiting({ desk }: { desk: DeskView }) {
  const { t } = useTranslation();
  const canCommand = useCanCommand();
  const command = useCommand("desk");
  const ready = desk.status === "ready";
  const may = (action: string): boolean => canCommand && desk.allowed_actions.includes(action);
  const end = useEndShift();
  return (
    <div className="idle">
      <Tag variant="outlined" className={`tone-${ready ? "ready" : "ended"}`} style={{ color: "var(--tone)", borderColor: "var(--tone)" }}>
        {t(ready ? "desk.is_ready" : "desk.is_not_ready")}
      </Tag>
      <h1>{t(ready ? "desk.next_soon" : "desk.not_ready_title")}</h1>
      <p className="soft">{t(ready ? "desk.next_what" : desk.reason === "missed an offer" ? "desk.missed_what" : "desk.not_ready_what")}</p>
      <div className="row">
        {ready ? null : (
          <Button type="primary" size="large" disabled={!may("ready")} onClick={() => command.mutate({ path: "/api/desk/status", body: { status: "ready", reason: "" } })}>
            {t("desk.ready")}
          </Button>
        )}
        <Button disabled={!may("end_shift")} onClick={end}>
          {t("desk.end_shift")}
        </Button>
      </div>
      <UnfinishedList desk={desk} />
    </div>
  );
}
