/** Who works, and what was not dialled and why. */
import { useTranslation } from "react-i18next";
import type { TFunction } from "i18next";

import type { AgentView, Denial, Reason } from "@/api/types";
import { clockTime } from "@/clock";
import { Since, StageMark } from "@/parts/Marks";
import { breakName, factText, reasonName, ruleName } from "@/words";

/** Who needs a look comes first. */
const ORDER = ["offered", "wrap_up", "talking", "idle", "gone"];

/** Why they take no call now, or, of who is busy, what follows if it is no further call. */
function aside(t: TFunction, { state, status, reason, next }: AgentView): string {
  const busy = state !== "idle" && state !== "gone";
  if (busy && next === "end_of_shift") return t("board.then", { what: reasonName(t, next) });
  if (busy && status === "not_ready") return t("board.then", { what: breakName(t, reason) });
  return reason ? reasonName(t, reason) : "";
}

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
              <span translate="no">{agent.name}</span> <span className="soft">{aside(t, agent)}</span>
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

/** What was seen against each limit. */
export function Facts({ reasons }: { reasons: readonly Reason[] }) {
  const { t } = useTranslation();
  return <>{reasons.map((one) => factText(t, one)).filter(Boolean).join("; ")}</>;
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
            <strong>{[...new Set(denial.reasons.map(({ rule }) => ruleName(t, rule)))].join(", ")}</strong>
            <span className="grow">
              <Facts reasons={denial.reasons} />
              {denial.retry_at ? <span className="soft"> · {t("board.retry", { time: clockTime(denial.retry_at) })}</span> : null}
            </span>
          </li>
        ))}
        {denials.length === 0 ? <li className="soft">{t("board.no_denials")}</li> : null}
      </ul>
    </section>
  );
}
