/**
 * What was said in a talk with the robot, as its events build it. Pure. Every event but `partial` has an index among its kind:
 * told twice, live and in the story that is fetched, it stands once.
 */
import type { Grade, TalkTurn } from "@/api/types";
import type { LiveEvent } from "@/live/link";

export interface Decision {
  index: number;
  because: string;
  actions: string[];
}

export interface Latency {
  index: number;
  response_ms: number;
}

/** Why a talk is over, in the server's names; i18n has the words, and what to do about it. */
export const WHY = ["goodbye", "hung_up", "handed_over", "not_heard", "not_understood", "time_up", "idle", "logged_out", "line_lost", "not_connected", "stopped", "broken"] as const;
export type Why = (typeof WHY)[number];

export interface Conversation {
  turns: TalkTurn[];
  partial: string;
  decisions: Decision[];
  /** From the end of what the customer said to the robot's first sound (or word, when typed), in ms, newest last. */
  latencies: Latency[];
  ended: { grade: Grade | null; why: Why; summary: string[] } | null;
}

export const silent: Conversation = { turns: [], partial: "", decisions: [], latencies: [], ended: null };

export function conversationAfter(talk: Conversation, { type, data }: Pick<LiveEvent, "type" | "data">): Conversation {
  switch (type) {
    case "partial":
      return { ...talk, partial: String(data.text) };
    case "turn": {
      const turn = data as unknown as TalkTurn;
      return { ...talk, turns: placed(talk.turns, turn), partial: turn.who === "customer" ? "" : talk.partial };
    }
    case "decision":
      return { ...talk, decisions: placed(talk.decisions, data as unknown as Decision) };
    case "latency":
      return { ...talk, latencies: placed(talk.latencies, data as unknown as Latency) };
    case "ended":
      return { ...talk, partial: "", ended: data as unknown as NonNullable<Conversation["ended"]> };
    default:
      return talk;
  }
}

/** `all` with `one` where its index says, in place of what was there. */
function placed<T extends { index: number }>(all: readonly T[], one: T): T[] {
  return [...all.filter((other) => other.index !== one.index), one].sort((first, second) => first.index - second.index);
}

/** The middle one, or what lies between the middle two; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
