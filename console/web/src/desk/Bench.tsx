/** One call on the desk: who it is at the left, what was said in the middle, what comes of it at the right. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Briefing, DeskCall, Turn } from "@/api/types";
import type { MessageKey } from "@/i18n";
import { GradeMark } from "@/parts/Marks";
import { PlayButton } from "@/parts/Player";
import { Transcript } from "@/parts/Transcript";
import { slotName } from "@/words";

import { linesOf, whyUnlearnt } from "./briefing";
import { Earlier } from "./Earlier";

/** `call` is null while it is only offered; `over`: it has ended. */
export function Bench({ call, briefing, over, children }: { call: DeskCall | null; briefing: Briefing | null; over: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  const transcript = call?.transcript.length ? call.transcript : turnsOf(briefing);
  return (
    <div className="desk">
      <div className="stack">
        <Customer call={call} briefing={briefing} unlearnt={whyUnlearnt(transcript, over)} />
      </div>
      <section className="panel" aria-label={t("desk.said")}>
        <header>
          <h2 className="grow">{t("desk.said")}</h2>
        </header>
        <div className="scroll" tabIndex={0} role="group" aria-label={t("desk.said")}>
          <Transcript turns={transcript} callId={call?.call_id ?? briefing?.call_id ?? null} />
        </div>
      </section>
      {children}
    </div>
  );
}

function Customer({ call, briefing, unlearnt }: { call: DeskCall | null; briefing: Briefing | null; unlearnt: MessageKey }) {
  const { t } = useTranslation();
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
            {linesOf(briefing, t, unlearnt).map((line, index) => (
              <li key={line}>
                <span className="soft num">{index + 1}</span>
                <span translate="no">{line}</span>
              </li>
            ))}
            {briefing.evidence.map((words) => (
              <li key={words} className="dense">
                <Evidence call={call} briefing={briefing} words={words} />
                <q translate="no">{words}</q>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <Earlier past={briefing?.earlier ?? []} />
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
function Evidence({ call, briefing, words }: { call: DeskCall | null; briefing: Briefing; words: string }) {
  const turns = call?.transcript.length ? call.transcript : turnsOf(briefing);
  const turn = turns.find(({ text }) => text === words);
  return turn ? <PlayButton source={`/api/calls/${briefing.call_id}/turns/${turn.index}/audio`} label={words} /> : <span />;
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
