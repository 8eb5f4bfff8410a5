/** The live board: what each call is doing now; one call opened at the right; agents, campaigns and refusals beside it. */
import { DownOutlined } from "@ant-design/icons";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import type { Board, LiveCall, Stage } from "@/api/types";
import { GradeMark, Since, StageMark } from "@/parts/Marks";
import { Loading } from "@/parts/Loading";
import { Problem } from "@/parts/Problem";
import { pauseOf } from "@/supervise/heard";
import { modeName } from "@/words";

import { AgentList, DenialList } from "./Side";
import { CallPanel } from "./CallPanel";
import { Tiles } from "./Tiles";
import { useBoard } from "./useBoard";

const LANES: readonly Stage[] = ["dialling", "robot", "waiting", "human"];

export function BoardPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const campaign = search.get("campaign");
  const chosen = search.get("call");
  const board = useBoard(campaign);
  const set = (name: string, value: string | null): void =>
    setSearch(
      (now) => {
        const next = new URLSearchParams(now);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: name === "call" },
    );
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("nav.board")}</h1>
        <Select
          size="small"
          style={{ minWidth: 280 }}
          suffix={<DownOutlined aria-hidden />}
          aria-label={t("campaign.one")}
          value={campaign ?? ""}
          onChange={(value: string) => set("campaign", value || null)}
          options={[{ value: "", label: t("campaign.all") }, ...(board.data?.campaigns ?? []).map((one) => ({ value: one.id, label: `${one.name} · ${modeName(t, one.mode)}` }))]}
        />
      </div>
      {board.error && !board.data ? <Problem error={board.error} retry={() => void board.refetch()} /> : null}
      {board.data ? <Wall board={board.data} chosen={chosen} choose={(id) => set("call", id)} /> : board.error ? null : <Loading />}
    </div>
  );
}

function Wall({ board, chosen, choose }: { board: Board; chosen: string | null; choose: (callId: string | null) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Tiles tiles={board.tiles} />
      <div className={`board ${chosen ? "with-call" : ""}`}>
        <div className="lanes">
          {LANES.map((stage) => (
            <Lane key={stage} stage={stage} calls={board.calls.filter((call) => call.stage === stage)} board={board} chosen={chosen} choose={choose} />
          ))}
        </div>
        {chosen ? <CallPanel key={chosen} callId={chosen} close={() => choose(null)} /> : null}
        <div className="side" tabIndex={0} role="group" aria-label={t("board.beside")}>
          <AgentList agents={board.agents} />
          <DenialList denials={board.denials} />
        </div>
      </div>
    </>
  );
}

interface LaneProps {
  stage: Stage;
  calls: readonly LiveCall[];
  board: Board;
  chosen: string | null;
  choose: (callId: string) => void;
}

function Lane({ stage, calls, board, chosen, choose }: LaneProps) {
  const { t } = useTranslation();
  return (
    <section className="lane" aria-label={t(`state.${stage as "robot"}`)}>
      <header>
        <StageMark stage={stage} />
        <span className="count num">{calls.length}</span>
      </header>
      <ul>
        {calls.map((call) => (
          <li key={call.call_id}>
            <Card call={call} agent={board.agents.find((one) => one.id === call.agent_id)?.name ?? null} chosen={call.call_id === chosen} choose={choose} />
          </li>
        ))}
        {calls.length === 0 ? (
          <li className="soft dense" style={{ textAlign: "center" }}>
            {t("board.lane_empty")}
          </li>
        ) : null}
      </ul>
    </section>
  );
}

function Card({ call, agent, chosen, choose }: { call: LiveCall; agent: string | null; chosen: boolean; choose: (callId: string) => void }) {
  const { t } = useTranslation();
  return (
    <button type="button" className={`plain card tone-${call.stage} ${chosen ? "chosen" : ""}`} aria-pressed={chosen} onClick={() => choose(call.call_id)}>
      <span className="row">
        <strong className="grow cut" translate="no">{call.masked_name || t("customer.unnamed")}</strong>
        <GradeMark grade={call.grade} />
        <Since at={call.since} className="soft" />
      </span>
      <span className="soft num cut" style={{ display: "block" }} translate="no">
        {[call.masked_number, agent ?? call.city].filter(Boolean).join(" · ")}
      </span>
      {call.last_text ? <span className="said" translate="no">
          {call.last_text}
        </span> : null}
      <Marks call={call} />
    </button>
  );
}

/** What is not as usual: the two do not talk at the moment, or a supervisor is in the call. */
function Marks({ call }: { call: LiveCall }) {
  const marks = [pauseOf(call), call.monitored].filter((mark) => mark !== null);
  if (marks.length === 0) return null;
  return (
    <span className="row wrap">
      {marks.map((mark) => (
        <StageMark key={mark} stage={mark} />
      ))}
    </span>
  );
}
