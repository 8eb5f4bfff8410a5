/** Calls with people on them, and the ladder to each: longest first, because that is where help is wanted. */
import { useTranslation } from "react-i18next";

import type { LiveCall } from "@/api/types";
import { AgentList } from "@/board/Side";
import { Tiles } from "@/board/Tiles";
import { usePartial } from "@/board/CallPanel";
import { useBoard } from "@/board/useBoard";
import { Loading } from "@/parts/Loading";
import { GradeMark, Since, StageMark } from "@/parts/Marks";
import { Problem } from "@/parts/Problem";

import { pauseOf } from "./heard";
import { Ladder } from "./Ladder";

const LIVE = ["human", "waiting", "robot"];

export function SupervisePage() {
  const { t } = useTranslation();
  const board = useBoard(null);
  if (!board.data) return <div className="page">{board.error ? <Problem error={board.error} retry={() => void board.refetch()} /> : <Loading />}</div>;
  const agents = new Map(board.data.agents.map((agent) => [agent.id, agent.name]));
  const calls = board.data.calls
    .filter((call) => LIVE.includes(call.stage))
    .toSorted((one, other) => LIVE.indexOf(one.stage) - LIVE.indexOf(other.stage) || one.since.localeCompare(other.since));
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("nav.supervise")}</h1>
        <span className="soft">{t("supervise.what")}</span>
      </div>
      <Tiles tiles={board.data.tiles} />
      <div className="board">
        <section className="panel" aria-label={t("supervise.calls")}>
          <header>
            <h2>{t("supervise.calls")}</h2>
            <span className="count">{calls.length}</span>
          </header>
          <ul className="scroll list">
            {calls.map((call) => (
              <li key={call.call_id}>
                <Row call={call} agent={call.agent_id ? (agents.get(call.agent_id) ?? null) : null} />
              </li>
            ))}
            {calls.length === 0 ? <li className="soft">{t("supervise.none")}</li> : null}
          </ul>
        </section>
        <div className="side">
          <AgentList agents={board.data.agents} />
        </div>
      </div>
    </div>
  );
}

function Row({ call, agent }: { call: LiveCall; agent: string | null }) {
  const { t } = useTranslation();
  const partial = usePartial(call.call_id);
  return (
    <div className="grow supervised">
      <div>
        <div className="row">
          <StageMark stage={pauseOf(call) ?? call.stage} />
          <Since at={call.since} className="soft" />
          <GradeMark grade={call.grade} />
          <strong className="cut" translate="no">
            {call.masked_name || t("customer.unnamed")}
          </strong>
        </div>
        <div className="row wrap">
          <span className="soft num">{call.masked_number}</span>
          {agent ? <span translate="no">{agent}</span> : null}
        </div>
        <div className="soft cut" translate="no">
          {partial || call.last_text || "–"}
        </div>
      </div>
      <Ladder callId={call.call_id} allowed={call.allowed_actions} />
    </div>
  );
}
