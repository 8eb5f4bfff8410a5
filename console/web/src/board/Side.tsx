/** Who works, and what was not dialled and why. */
import { useTranslation } from "react-i18next";

import type { AgentView, Denial } from "@/api/types";
import { clockTime } from "@/clock";
import { Since, StageMark } from "@/parts/Marks";
import { ruleName } from "@/words";

/** Who needs a look comes first. */
const ORDER = ["offered", "wrap_up", "talking", "idle", "gone"];

export function AgentList({ agents }: { agents: readonly AgentView[] }) {
  const { t } = useTranslation();
  const sorted = agents.toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
  return (
    <section className="panel" aria-label={t("board.agents")}>
      <header>
        <h2>{t("board.agents")}</h2>
        <span className="count">{agents.length}</span>
      </header>
      <ul className="list">
        {sorted.map((agent) => (
          <li key={agent.id}>
            <span className="grow cut">
              {agent.name} <span className="soft">{agent.reason}</span>
            </span>
            <StageMark stage={agent.state === "idle" ? agent.status : agent.state} />
            <Since at={agent.since} className="soft" />
          </li>
        ))}
        {agents.length === 0 ? <li className="soft">{t("board.no_agents")}</li> : null}
      </ul>
    </section>
  );
}

export function DenialList({ denials }: { denials: readonly Denial[] }) {
  const { t } = useTranslation();
  return (
    <section className="panel" aria-label={t("board.denials")}>
      <header>
        <h2>{t("board.denials")}</h2>
        <span className="count">{denials.length}</span>
      </header>
      <ul className="list">
        {denials.map((denial, index) => (
          <li key={`${denial.at} ${denial.lead_id} ${index}`}>
            <span className="num soft">{clockTime(denial.at)}</span>
            <strong>{denial.rule.split(", ").map((rule) => ruleName(t, rule)).join(", ")}</strong>
            <span className="grow">
              {denial.reason}
              {denial.retry_at ? <span className="soft"> · {t("board.retry", { time: clockTime(denial.retry_at) })}</span> : null}
            </span>
          </li>
        ))}
        {denials.length === 0 ? <li className="soft">{t("board.no_denials")}</li> : null}
      </ul>
    </section>
  );
}
