/** One call, turn by turn, as it happens. */
import { CloseOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { get } from "@/api/client";
import type { CallDetail } from "@/api/types";
import { useTopic } from "@/live/provider";
import { GradeMark, StageMark } from "@/parts/Marks";
import { Loading } from "@/parts/Loading";
import { PlayButton } from "@/parts/Player";
import { Problem } from "@/parts/Problem";
import { Transcript } from "@/parts/Transcript";
import { Ladder } from "@/supervise/Ladder";
import { resultName } from "@/words";

export function useCall(callId: string) {
  return useQuery({ queryKey: ["call", callId], queryFn: () => get<CallDetail>(`/api/calls/${callId}`) });
}

/** What the customer of a call is saying right now, before the recogniser is sure. */
export function usePartial(callId: string): string {
  const [partial, setPartial] = useState("");
  useTopic("calls", ({ type, data }) => {
    if (data.call_id !== callId) return;
    if (type === "partial") setPartial(String(data.text));
    else if (type === "turn" || type === "call_ended") setPartial("");
  });
  return partial;
}

export function CallPanel({ callId, close }: { callId: string; close: () => void }) {
  const { t } = useTranslation();
  const call = useCall(callId);
  const partial = usePartial(callId);
  return (
    <section className="panel" aria-label={t("call.one")}>
      <header>
        <h2 className="grow cut" translate="no">{call.data?.masked_name || t("call.one")}</h2>
        {call.data ? (
          <>
            <StageMark stage={call.data.stage} />
            <GradeMark grade={call.data.grade} />
          </>
        ) : null}
        <Button type="text" size="small" aria-label={t("close")} icon={<CloseOutlined aria-hidden />} onClick={close} />
      </header>
      {call.error ? (
        <div className="body">
          <Problem error={call.error} retry={() => void call.refetch()} />
        </div>
      ) : null}
      {call.data ? (
        <>
          <div className="body stack dense" style={{ borderBottom: "1px solid var(--line)" }}>
            <div className="row">
              <span className="num soft grow">{call.data.masked_number}</span>
              {call.data.recording.available ? <PlayButton source={`/api/calls/${callId}/recording`} label={t("call.recording")} /> : null}
              {call.data.customer_id ? <Link to={`/customers/${call.data.customer_id}`}>{t("customer.history")}</Link> : null}
            </div>
            {call.data.outcome ? (
              <p>
                <span className="soft">{t("call.outcome")}</span> <strong>{resultName(t, call.data.outcome)}</strong>
              </p>
            ) : null}
            {call.data.summary.length ? <p translate="no">{call.data.summary.join(" ")}</p> : null}
            <Ladder callId={callId} allowed={call.data.allowed_actions} />
          </div>
          <div className="scroll" tabIndex={0} role="group" aria-label={t("desk.said")}>
            <Transcript turns={call.data.turns} callId={callId} partial={partial} />
          </div>
        </>
      ) : call.error ? null : (
        <Loading />
      )}
    </section>
  );
}
