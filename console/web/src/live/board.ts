/**
 * The board as events change it: snapshot plus events equals what a new snapshot would say. Pure.
 *
 * A call's own events arrive by topic `calls`, an agent's by `agents`, denials and pacing by `campaigns`. Figures that only the
 * server can count (abandoned %, answer to robot) come with the snapshot, which is fetched anew every 5 s.
 */
import type { AgentView, Board, CampaignView, Denial, LiveCall, Pace, Stage, Tiles, Turn } from "@/api/types";

import type { LiveEvent } from "./link";

const KEPT_DENIALS = 50;

/** The board after `event`; the same object when it does not change, or was in the snapshot already. */
export function boardAfter(board: Board, event: LiveEvent): Board {
  if (event.epoch !== board.epoch || event.seq <= board.seq) return board;
  const next = { ...changed(board, event), seq: event.seq };
  return { ...next, tiles: counted(next) };
}

export function foldBoard(snapshot: Board, events: readonly LiveEvent[]): Board {
  return events.reduce(boardAfter, snapshot);
}

function changed(board: Board, { topic, type, data, at }: LiveEvent): Board {
  switch (`${topic}/${type}`) {
    case "calls/call_started":
    case "calls/call_state":
    case "calls/bridged":
    case "calls/grade":
    case "calls/monitored":
      return { ...board, calls: merged(board.calls, data as Partial<LiveCall> & { call_id: string }, at) };
    case "calls/turn": {
      const turn = data as unknown as Turn & { call_id: string };
      return { ...board, calls: merged(board.calls, { call_id: turn.call_id, last_text: turn.text }, at) };
    }
    case "calls/call_ended":
      return { ...board, calls: board.calls.filter((call) => call.call_id !== data.call_id) };
    case "agents/agent": {
      const agent = data as unknown as AgentView;
      const known = board.agents.some((one) => one.id === agent.id);
      return { ...board, agents: known ? board.agents.map((one) => (one.id === agent.id ? agent : one)) : [...board.agents, agent] };
    }
    case "campaigns/moved": {
      const campaign = data as unknown as CampaignView;
      return { ...board, campaigns: board.campaigns.map((one) => (one.id === campaign.id ? campaign : one)) };
    }
    case "campaigns/pacing":
      return {
        ...board,
        campaigns: board.campaigns.map((one) => (one.id === data.campaign_id ? { ...one, pacing: data.pacing as Pace } : one)),
      };
    case "campaigns/denied":
      return { ...board, denials: [{ ...(data as unknown as Denial), at }, ...board.denials].slice(0, KEPT_DENIALS) };
    default:
      return board;
  }
}

function merged(calls: LiveCall[], change: Partial<LiveCall> & { call_id: string }, at: string): LiveCall[] {
  const known = calls.find((call) => call.call_id === change.call_id);
  if (known) {
    const moves = change.stage !== undefined && change.stage !== known.stage && change.since === undefined;
    const next = { ...known, ...change, ...(moves ? { since: at } : {}) };
    return next.stage === "ended" ? calls.filter((call) => call !== known) : calls.map((call) => (call === known ? next : call));
  }
  if (change.stage === undefined || change.stage === "ended") return calls; // of a call that has ended, or that a refetch will bring
  return [...calls, { ...blank(at), ...change, stage: change.stage }];
}

function blank(at: string): Omit<LiveCall, "call_id" | "stage"> {
  return {
    campaign_id: "",
    since: at,
    masked_name: "",
    masked_number: "",
    city: null,
    grade: null,
    agent_id: null,
    last_text: null,
    held: false,
    transfer_to: null,
    phone_lost: false,
    monitored: null,
    monitored_by: null,
    allowed_actions: [],
  };
}

function counted(board: Board): Tiles {
  const of = (stage: Stage) => board.calls.filter((call) => call.stage === stage).length;
  const present = board.agents.filter((agent) => agent.state !== "gone");
  return {
    ...board.tiles,
    dialling: of("dialling"),
    robot: of("robot"),
    waiting: of("waiting"),
    human: of("human"),
    wrap_up: present.filter((agent) => agent.state === "wrap_up").length,
    ready: present.filter((agent) => agent.status === "ready" && agent.state === "idle").length,
    not_ready: present.filter((agent) => agent.status === "not_ready" && agent.state === "idle").length,
  };
}
