/** Earlier calls whose result was begun and not saved in time: a list, and the form of one of them. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import { get } from "@/api/client";
import type { DeskCall, DeskView, UnfinishedCall } from "@/api/types";
import { dateTime } from "@/clock";
import { Loading } from "@/parts/Loading";
import { Problem } from "@/parts/Problem";
import { usePreferences } from "@/preferences";

import { Bench } from "./Bench";
import { WrapUp } from "./WrapUp";

const PARAM = "unfinished";

/** The one that is open, by the URL. */
export function useOpenUnfinished(): [string | null, (callId: string | null) => void] {
  const [search, setSearch] = useSearchParams();
  return [search.get(PARAM), (callId) => setSearch(callId === null ? {} : { [PARAM]: callId })];
}

export function UnfinishedList({ desk }: { desk: DeskView }) {
  const { t } = useTranslation();
  const { lang } = usePreferences();
  const [, open] = useOpenUnfinished();
  const count = desk.unfinished;
  const listed = useQuery({ queryKey: ["unfinished", count], queryFn: () => get<UnfinishedCall[]>("/api/desk/unfinished"), enabled: count > 0 });
  if (count === 0) return null;
  return (
    <section className="panel unfinished" aria-label={t("unfinished.title", { count })}>
      <header>
        <h2 className="grow">{t("unfinished.title", { count })}</h2>
      </header>
      <ul className="body stack">
        {(listed.data ?? []).map((call) => (
          <li key={call.call_id} className="row">
            <span className="grow cut">
              {call.name || t("customer.unnamed")} <span className="soft num">{call.number}</span>
            </span>
            <span className="soft num dense">{dateTime(call.saved_at, lang)}</span>
            <Button size="small" onClick={() => open(call.call_id)}>
              {t("unfinished.finish")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function UnfinishedCallForm({ callId }: { callId: string }) {
  const { t } = useTranslation();
  const [, open] = useOpenUnfinished();
  const queries = useQueryClient();
  const call = useQuery({ queryKey: ["unfinished-call", callId], queryFn: () => get<DeskCall>(`/api/desk/unfinished/${callId}`), staleTime: Infinity, retry: false });
  const back = (): void => {
    open(null);
    queries.removeQueries({ queryKey: ["unfinished-call", callId] });
  };
  return (
    <>
      <div className="page-head">
        <h1 className="grow">{t("unfinished.one")}</h1>
        <Button onClick={back}>{t("unfinished.back")}</Button>
      </div>
      {call.data ? (
        <Bench call={call.data} briefing={call.data.briefing} over>
          <WrapUp key={callId} callId={callId} draft={call.data.draft} ended next={false} done={back} />
        </Bench>
      ) : call.error ? (
        <Problem error={call.error} retry={back} />
      ) : (
        <Loading />
      )}
    </>
  );
}
