/** The agent's workbench: who it is at the left, what was said in the middle, what comes of it at the right. */
import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Briefing, DeskView, Turn } from "@/api/types";
import { useCanCommand } from "@/live/provider";
import { Loading } from "@/parts/Loading";
import { GradeMark } from "@/parts/Marks";
import { PlayButton } from "@/parts/Player";
import { Problem } from "@/parts/Problem";
import { Transcript } from "@/parts/Transcript";
import { useCommand } from "@/parts/command";
import { slotName } from "@/words";
import { usePhone } from "@/phone/provider";

import { ShiftCheck } from "./ShiftCheck";
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
  if (desk.state === "gone") return <ShiftCheck />;
  const briefing = desk.call?.briefing ?? desk.offer?.briefing ?? null;
  const callId = desk.call?.call_id ?? desk.wrap_up?.call_id ?? null;
  if (!briefing && !desk.call && !desk.wrap_up) return <Waiting desk={desk} />;
  const transcript = desk.call?.transcript.length ? desk.call.transcript : turnsOf(briefing);
  return (
    <div className="desk">
      <div className="stack">
        <Customer desk={desk} briefing={briefing} />
      </div>
      <section className="panel" aria-label={t("desk.said")}>
        <header>
          <h2 className="grow">{t("desk.said")}</h2>
        </header>
        <div className="scroll" tabIndex={0} role="group" aria-label={t("desk.said")}>
          <Transcript turns={transcript} callId={desk.call?.call_id ?? briefing?.call_id ?? null} />
        </div>
      </section>
      {callId ? <WrapUp key={callId} callId={callId} desk={desk} /> : (
        <section className="panel" aria-label={t("wrap.title")}>
          <p className="body soft">{t("desk.after_answer")}</p>
        </section>
      )}
    </div>
  );
}

function Customer({ desk, briefing }: { desk: DeskView; briefing: Briefing | null }) {
  const { t } = useTranslation();
  const call = desk.call;
  return (
    <>
      <section className="panel" aria-label={t("desk.customer")}>
        <header>
          <h2 className="grow cut" translate="no">{call?.name || briefing?.customer_name || t("customer.unnamed")}</h2>
          <GradeMark grade={call?.grade ?? briefing?.grade ?? null} />
        </header>
        <dl className="body facts">
          <dt>{t("customer.number")}</dt>
          <dd className="num">{call?.number ?? briefing?.masked_number}</dd>
          {call?.local_time ? (
            <>
              <dt>{t("customer.local_time")}</dt>
              <dd>
                <strong className="num">{call.local_time}</strong> <span className="soft" translate="no">{[call.city, call.zone].filter(Boolean).join(" · ")}</span>
              </dd>
            </>
          ) : null}
          {briefing?.campaign ? (
            <>
              <dt>{t("campaign.one")}</dt>
              <dd translate="no">{briefing.campaign}</dd>
            </>
          ) : null}
          {call?.customer_id ? (
            <>
              <dt />
              <dd>
                <Link to={`/customers/${call.customer_id}`}>{t("customer.history")}</Link>
              </dd>
            </>
          ) : null}
        </dl>
      </section>
      {briefing ? (
        <section className="panel" aria-label={t("desk.summary")}>
          <header>
            <h2>{t("desk.summary")}</h2>
          </header>
          <ul className="body summary">
            {briefing.summary.map((line, index) => (
              <li key={line}>
                <span className="soft num">{index + 1}</span>
                <span translate="no">{line}</span>
              </li>
            ))}
            {briefing.evidence.map((words) => (
              <li key={words} className="dense">
                <Evidence briefing={briefing} words={words} />
                <q translate="no">{words}</q>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {briefing?.slots.length ? (
        <section className="panel" aria-label={t("desk.known")}>
          <header>
            <h2>{t("desk.known")}</h2>
          </header>
          <dl className="body facts">
            {briefing.slots.map(([name, value]) => (
              <div key={name} style={{ display: "contents" }}>
                <dt>{slotName(t, name)}</dt>
                <dd translate="no">{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      ) : null}
    </>
  );
}

/** The words that prove the grade, from the second they were said. */
function Evidence({ briefing, words }: { briefing: Briefing; words: string }) {
  const index = briefing.transcript.findIndex((said) => said.text === words);
  return index < 0 ? <span /> : <PlayButton source={`/api/calls/${briefing.call_id}/turns/${index}/audio`} label={words} />;
}

function Waiting({ desk }: { desk: DeskView }) {
  const { t } = useTranslation();
  const canCommand = useCanCommand();
  const phone = usePhone();
  const command = useCommand("desk");
  const ready = desk.status === "ready";
  const may = (action: string): boolean => canCommand && desk.allowed_actions.includes(action);
  const end = (): void => command.mutate({ path: "/api/desk/end-shift" }, { onSuccess: () => phone.end() });
  return (
    <div className="idle">
      <Tag variant="outlined" className={`tone-${ready ? "ready" : "ended"}`} style={{ color: "var(--tone)", borderColor: "var(--tone)" }}>
        {t(ready ? "desk.is_ready" : "desk.is_not_ready")}
      </Tag>
      <h1>{t(ready ? "desk.next_soon" : "desk.not_ready_title")}</h1>
      <p className="soft">{t(ready ? "desk.next_what" : desk.reason === "missed" ? "desk.missed_what" : "desk.not_ready_what")}</p>
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
    </div>
  );
}

function turnsOf(briefing: Briefing | null): Turn[] {
  return (briefing?.transcript ?? []).map(({ who, text, at_s }, index) => ({
    index,
    who,
    kind: "said",
    text,
    start_ms: at_s * 1000,
    end_ms: at_s * 1000,
    intent: null,
    confidence: null,
    because: null,
  }));
}
