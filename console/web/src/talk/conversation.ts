/** What was said in a talk with the robot, as its events build it. Pure. */
import type { Grade, Turn } from "@/api/types";
import type { LiveEvent } from "@/live/link";

export interface Decision {
  because: string;
  actions: string[];
}

export interface Conversation {
  turns: Turn[];
  partial: string;
  decisions: Decision[];
  /** From the end of what the customer said to the robot's first sound (or word, when typed), in ms, newest last. */
  latencies: number[];
  ended: { grade: Grade | null; summary: string[] } | null;
}

export const silent: Conversation = { turns: [], partial: "", decisions: [], latencies: [], ended: null };

export function conversationAfter(talk: Conversation, { type, data }: Pick<LiveEvent, "type" | "data">): Conversation {
  switch (type) {
    case "partial":
      return { ...talk, partial: String(data.text) };
    case "turn": {
      const turn = data as unknown as Turn;
      const turns = [...talk.turns.filter((one) => one.index !== turn.index), turn].sort((one, other) => one.index - other.index);
      return { ...talk, turns, partial: turn.who === "customer" ? "" : talk.partial };
    }
    case "decision":
      return { ...talk, decisions: [...talk.decisions, data as unknown as Decision] };
    case "latency":
      return { ...talk, latencies: [...talk.latencies, Number(data.response_ms)] };
    case "ended":
      return { ...talk, partial: "", ended: data as unknown as NonNullable<Conversation["ended"]> };
    default:
      return talk;
  }
}

/** The middle one; null of none. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? null;
}
