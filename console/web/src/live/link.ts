/**
 * The life of the one WebSocket a tab has, decided without a socket, a clock or randomness.
 *
 * The server numbers events per tenant without holes. We keep (epoch, seq); on a reconnect the server replays what we missed
 * or says `reset`, and a hole means the same as a reset: fetch everything anew. Silence of 12 s (the server pings every 5 s)
 * makes the page stale: commands stop, because the truth may have moved on. After 20 s the socket is given up and made anew.
 */
export const STALE_MS = 12_000;
export const OFFLINE_MS = 20_000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 8_000;

export type Link = "connecting" | "live" | "stale" | "offline";

export interface LiveEvent {
  epoch: string;
  seq: number;
  topic: string;
  type: string;
  at: string;
  data: Record<string, unknown>;
}

export type ServerMessage =
  | { type: "hello"; epoch: string; seq: number }
  | { type: "ping" }
  | { type: "reset"; epoch?: string; seq?: number }
  | LiveEvent;

export interface LinkState {
  link: Link;
  epoch: string | null;
  seq: number | null;
  /** When the server was last heard, in the clock's ms; null before the first word. */
  heardAt: number | null;
  /** Failed attempts since the last hello. */
  attempt: number;
}

export type Effect = { do: "deliver"; event: LiveEvent } | { do: "refetch" } | { do: "pong" } | { do: "reconnect"; inMs: number } | { do: "close" };

export const nothingYet: LinkState = { link: "connecting", epoch: null, seq: null, heardAt: null, attempt: 0 };

export type Step = { state: LinkState; effects: Effect[] };

/** How long to wait before attempt number `attempt` (0 is the first retry); `random` in [0, 1) spreads a crowd over half of it. */
export function backoffMs(attempt: number, random: number): number {
  const whole = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt);
  return Math.round(whole / 2 + (whole / 2) * random);
}

export function subscription(state: LinkState, topics: readonly string[]): object {
  return { type: "subscribe", topics, epoch: state.epoch, last_seq: state.seq };
}

/** A message came at `now`. */
export function heard(state: LinkState, message: ServerMessage, now: number): Step {
  const alive: LinkState = { ...state, link: "live", heardAt: now };
  if (isEvent(message)) return received(alive, message);
  switch (message.type) {
    case "ping":
      return { state: alive, effects: [{ do: "pong" }] };
    case "hello": {
      const known = state.epoch !== null && state.seq !== null;
      const resumes = known && state.epoch === message.epoch && (state.seq ?? 0) <= message.seq;
      // What we missed follows the hello, so our own number stays until it comes.
      const next = resumes ? { ...alive, attempt: 0 } : { ...alive, attempt: 0, epoch: message.epoch, seq: message.seq };
      return { state: next, effects: resumes || !known ? [] : [{ do: "refetch" }] };
    }
    case "reset":
      return {
        state: { ...alive, epoch: message.epoch ?? alive.epoch, seq: message.seq ?? null },
        effects: [{ do: "refetch" }],
      };
  }
}

function received(state: LinkState, event: LiveEvent): Step {
  const known = state.epoch === event.epoch && state.seq !== null;
  if (known && event.seq <= (state.seq ?? 0)) return { state, effects: [] }; // replayed: we have it
  const hole = known ? event.seq !== (state.seq ?? 0) + 1 : state.epoch !== null && state.epoch !== event.epoch;
  const next = { ...state, epoch: event.epoch, seq: event.seq };
  const deliver: Effect = { do: "deliver", event };
  return { state: next, effects: hole ? [deliver, { do: "refetch" }] : [deliver] };
}

/** Time passed. Call it a few times a second. */
export function passed(state: LinkState, now: number): Step {
  if (state.heardAt === null || state.link === "connecting" || state.link === "offline") return { state, effects: [] };
  const silence = now - state.heardAt;
  if (silence >= OFFLINE_MS) return { state: { ...state, link: "offline" }, effects: [{ do: "close" }] };
  if (silence >= STALE_MS && state.link === "live") return { state: { ...state, link: "stale" }, effects: [] };
  return { state, effects: [] };
}

/** The socket closed, or could not be opened. The page turns stale by time alone: a short cut is nobody's business. */
export function closed(state: LinkState, random: number): Step {
  return { state: { ...state, attempt: state.attempt + 1 }, effects: [{ do: "reconnect", inMs: backoffMs(state.attempt, random) }] };
}

function isEvent(message: ServerMessage): message is LiveEvent {
  return "topic" in message && message.type !== "reset";
}
