/** Campaigns: where each stands, what its pacing says, start, pause, stop; and one button that stops everything. */
import { useQuery } from "@tanstack/react-query";
import { Button, Empty, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { get } from "@/api/client";
import type { CampaignView } from "@/api/types";
import { useCanCommand, useTopic } from "@/live/provider";
import { useCommand } from "@/parts/command";
import { Loading } from "@/parts/Loading";
import { useSure } from "@/parts/sure";
import { Problem } from "@/parts/Problem";
import { may, useMe } from "@/session";
import { actionName, leadName, limitName, modeName, paceText, stateName } from "@/words";

const REFRESH_MS = 5_000;

export function CampaignsPage() {
  const { t } = useTranslation();
  const sure = useSure();
  const canCommand = useCanCommand();
  const me = useMe();
  const campaigns = useQuery({ queryKey: ["campaigns"], queryFn: () => get<CampaignView[]>("/api/campaigns"), refetchInterval: REFRESH_MS });
  const command = useCommand("campaigns", "board");
  useTopic("campaigns", ({ type }) => {
    if (type === "moved") void campaigns.refetch();
  });
  const stopAll = (): void =>
    sure({
      title: t("campaign.stop_all"),
      content: t("campaign.stop_all.sure"),
      act: t("campaign.stop_all"),
      onOk: () => command.mutateAsync({ path: "/api/campaigns/stop-all" }),
    });
  return (
    <div className="page">
      <div className="page-head">
        <h1 className="grow">{t("nav.campaigns")}</h1>
        {campaigns.data && me.data && may(me.data, "supervisor") ? (
          <Button danger type="primary" disabled={!canCommand} onClick={stopAll}>
            {t("campaign.stop_all")}
          </Button>
        ) : null}
      </div>
      <Problem error={campaigns.error} retry={() => void campaigns.refetch()} />
      {campaigns.isPending ? <Loading /> : null}
      {campaigns.data?.length === 0 ? <Empty description={t("campaign.none")} /> : null}
      {campaigns.data?.map((campaign) => (
        <Campaign
          key={campaign.id}
          campaign={campaign}
          disabled={!canCommand || command.isPending}
          act={(action) => command.mutate({ path: `/api/campaigns/${campaign.id}/action`, body: { action } })}
        />
      ))}
    </div>
  );
}

function Campaign({ campaign, disabled, act }: { campaign: CampaignView; disabled: boolean; act: (action: string) => void }) {
  const { t } = useTranslation();
  const all = Object.values(campaign.leads).reduce((sum, count) => sum + count, 0);
  const over = (campaign.leads.done ?? 0) + (campaign.leads.stopped ?? 0);
  const share = all ? Math.floor((100 * over) / all) : 0;
  return (
    <section className="panel" aria-labelledby={`campaign-${campaign.id}`}>
      <header>
        <h2 id={`campaign-${campaign.id}`} translate="no">
          {campaign.name}
        </h2>
        <span className={`stage tone-${campaign.state === "running" ? "human" : campaign.state === "paused" ? "hold" : "ended"}`}>{stateName(t, campaign.state)}</span>
        <span className="soft dense grow">
          {modeName(t, campaign.mode)} · <span translate="no">{campaign.assistant}</span>
        </span>
        <Link to={`/board?campaign=${campaign.id}`}>{t("campaign.watch")}</Link>
        {campaign.allowed_actions.map((action) => (
          <Button key={action} size="small" danger={action === "stop"} type={action === "start" ? "primary" : "default"} disabled={disabled} onClick={() => act(action)}>
            {actionName(t, action)}
          </Button>
        ))}
      </header>
      <div className="body stack">
        <div className="row">
          <Progress percent={share} size="small" status="normal" style={{ maxWidth: 320 }} aria-label={t("campaign.progress")} />
          <ul className="row wrap dense">
            {Object.entries(campaign.leads).map(([state, count]) => (
              <li key={state}>
                <strong className="num">{count}</strong> <span className="soft">{leadName(t, state)}</span>
              </li>
            ))}
          </ul>
        </div>
        {campaign.state !== "running" ? (
          <p className="dense soft">{t(`campaign.idle.${campaign.state}`)}</p>
        ) : campaign.pacing ? (
          <p className="dense">
            <span className="soft">{t("campaign.pacing")}</span> {paceText(t, campaign.pacing)} <span className="soft">{limitName(t, campaign.pacing.limit)}</span>
          </p>
        ) : null}
      </div>
    </section>
  );
}
