/** One customer: may we call now, who owns them, what happened so far. The number stays masked; to reveal it is audited. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { get, send } from "@/api/client";
import type { CanCall, CustomerEvent, CustomerView, Revealed } from "@/api/types";
import { Facts } from "@/board/Side";
import { dateTime, useNow } from "@/clock";
import { GradeMark } from "@/parts/Marks";
import { Loading } from "@/parts/Loading";
import { PlayButton } from "@/parts/Player";
import { Problem } from "@/parts/Problem";
import { usePreferences } from "@/preferences";
import { becauseText, consentName, resultName, ruleName, stateName, timelineWords } from "@/words";

export function CustomerPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const customer = useQuery({ queryKey: ["customer", id], queryFn: () => get<CustomerView>(`/api/customers/${id}`) });
  if (!customer.data) return <div className="page">{customer.error ? <Problem error={customer.error} retry={() => void customer.refetch()} /> : <Loading />}</div>;
  const view = customer.data;
  return (
    <div className="page">
      <div className="page-head">
        <h1 translate="no">{view.masked_name || t("customer.unnamed")}</h1>
        <GradeMark grade={view.interest.machine} />
        <GradeMark grade={view.interest.human} by="human" />
      </div>
      <div className="talk">
        <section className="panel" aria-label={t("customer.timeline")}>
          <header>
            <h2>{t("customer.timeline")}</h2>
          </header>
          <ol className="scroll timeline">
            {view.timeline.map((entry, index) => (
              <Line key={`${entry.at} ${index}`} entry={entry} />
            ))}
          </ol>
          {view.timeline.length === 0 ? <p className="body soft">{t("customer.nothing_yet")}</p> : null}
        </section>
        <div className="side">
          <CanCallNow id={id} />
          <section className="panel" aria-label={t("customer.facts")}>
            <header>
              <h2>{t("customer.facts")}</h2>
            </header>
            <dl className="body facts">
              <dt>{t("customer.owner")}</dt>
              <dd>{view.owner === null ? t("customer.no_owner") : <span translate="no">{view.owner}</span>}</dd>
              <dt>{t("customer.consent")}</dt>
              <dd>{consentName(t, view.consent)}</dd>
              <dt>{t("customer.number")}</dt>
              <dd className="num">{view.masked_number}</dd>
            </dl>
            {view.allowed_actions.includes("reveal") ? <Reveal id={id} /> : null}
          </section>
        </div>
      </div>
    </div>
  );
}

function Line({ entry }: { entry: CustomerEvent }) {
  const { t } = useTranslation();
  const { lang } = usePreferences();
  const { name, said, written } = timelineWords(t, entry, lang);
  return (
    <li>
      <span className="soft num">{dateTime(entry.at, lang)}</span>
      <strong>{name}</strong>
      <span {...(written ? { translate: "no" as const } : {})}>{said}</span>
      {entry.call_id && entry.recording ? <PlayButton source={`/api/calls/${entry.call_id}/recording`} label={said} /> : <span />}
    </li>
  );
}

/** What a campaign's list says of the customer, by the rule it says it for. */
function useDetail({ rule, detail }: CanCall): string {
  const { t } = useTranslation();
  if (!detail) return "";
  if (rule === "lead_done") return resultName(t, detail);
  return rule === "campaign_not_running" ? stateName(t, detail) : becauseText(t, detail);
}

function CanCallNow({ id }: { id: string }) {
  const asked = useQuery({ queryKey: ["can-call", id], queryFn: () => get<CanCall>(`/api/customers/${id}/can-call`) });
  if (asked.error) return <Problem error={asked.error} retry={() => void asked.refetch()} />;
  return asked.data ? <Answer {...asked.data} /> : null;
}

function Answer(answer: CanCall) {
  const { t } = useTranslation();
  const { lang } = usePreferences();
  const detail = useDetail(answer);
  const { allowed, rule, reasons, campaign, retry_at } = answer;
  return (
    <Alert
      type={allowed ? "success" : "warning"}
      showIcon
      title={t(allowed ? "customer.may_call" : "customer.may_not_call")}
      description={
        <div className="dense">
          {reasons.map((one) => (
            <div key={`${one.rule} ${one.level}`}>
              <strong>{ruleName(t, one.rule)}</strong> <Facts reasons={[one]} />
            </div>
          ))}
          {reasons.length === 0 ? (
            <div>
              {rule ? <strong>{ruleName(t, rule)} </strong> : null}
              {campaign ? (
                <>
                  {t("campaign.one")} <span translate="no">{campaign}</span>
                </>
              ) : null}
              {detail ? ` · ${detail}` : null}
            </div>
          ) : null}
          {retry_at ? <div>{t("customer.next_allowed", { time: dateTime(retry_at, lang) })}</div> : null}
        </div>
      }
    />
  );
}

/** Shown for as long as the server said, then gone from the page and from memory. */
function Reveal({ id }: { id: string }) {
  const { t } = useTranslation();
  const reveal = useMutation({
    mutationFn: (form: { reason: string }) => send<Revealed>("POST", `/api/customers/${id}/reveal`, form),
    gcTime: 0,
  });
  const [asking, setAsking] = useState(false);
  const now = useNow();
  const until = reveal.data ? Date.parse(reveal.data.until) : 0;
  const over = reveal.data !== undefined && now >= until;
  const { reset } = reveal;
  useEffect(() => {
    if (over) reset();
  }, [over, reset]);
  if (reveal.data && !over) {
    return (
      <p className="body" role="status">
        <strong className="num">{reveal.data.number}</strong> <span className="soft">{t("reveal.left", { seconds: Math.ceil((until - now) / 1000) })}</span>
      </p>
    );
  }
  if (!asking) {
    return (
      <div className="body">
        <Button size="small" onClick={() => setAsking(true)}>
          {t("reveal.do")}
        </Button>
      </div>
    );
  }
  return (
    <Form
      className="body"
      layout="vertical"
      requiredMark={false}
      onFinish={(form: { reason: string }) => {
        reveal.mutate(form);
        setAsking(false);
      }}
    >
      <Form.Item name="reason" label={t("reveal.reason")} extra={t("reveal.audited")} rules={[{ required: true, min: 4, message: t("reveal.needs_reason") }]}>
        <Input autoFocus />
      </Form.Item>
      <Button size="small" type="primary" htmlType="submit">
        {t("reveal.do")}
      </Button>
      <Problem error={reveal.error} />
    </Form>
  );
}
