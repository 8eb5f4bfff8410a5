/** What happened with the customer before, as the agent reads it before hello. */
import { useTranslation } from "react-i18next";

import type { Briefing } from "@/api/types";
import { dateTime } from "@/clock";
import type { MessageKey } from "@/i18n";
import { GradeMark } from "@/parts/Marks";
import { usePreferences } from "@/preferences";
import { outcomeName, resultName } from "@/words";

type Past = Briefing["earlier"][number];

const WHAT: Record<Exclude<Past["kind"], "call" | "wrapped_up">, MessageKey> = {
  callback_booked: "earlier.callback_booked",
  callback_cancelled: "earlier.callback_cancelled",
  opted_out: "earlier.opted_out",
  note: "earlier.note",
};

export function Earlier({ past }: { past: Past[] }) {
  const { t } = useTranslation();
  const { lang } = usePreferences();
  if (past.length === 0) return null;
  return (
    <section className="panel" aria-label={t("earlier.title")}>
      <header>
        <h2>{t("earlier.title")}</h2>
      </header>
      <ul className="body summary">
        {past.map((one, index) => (
          <li key={`${one.at} ${index}`} className="dense">
            <span className="soft num">{dateTime(one.at, lang)}</span>
            <span>
              {one.kind === "call" ? <Call call={one} /> : one.kind === "wrapped_up" ? t("earlier.wrapped_up", { result: outcomeName(t, one.result) }) : t(WHAT[one.kind])}
              {one.text ? <span className="soft" translate="no"> {one.text}</span> : null}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Call({ call }: { call: Past }) {
  const { t } = useTranslation();
  const who = t(call.mode === "inbound" ? "earlier.they_called" : "earlier.we_called");
  return (
    <>
      {t("earlier.call", { who, result: resultName(t, call.result) })} {call.grade ? <GradeMark grade={call.grade} /> : null}
    </>
  );
}
