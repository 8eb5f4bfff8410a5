/** The tab's live connection: what the server tells goes into the query cache, and to whoever listens to a topic. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import type { Board, DeskView, Me } from "@/api/types";
import { may } from "@/session";

import { foldBoard } from "./board";
import { deskAfter } from "./desk";
import { nothingYet, type Link, type LiveEvent } from "./link";
import { LiveSocket } from "./socket";

export interface LiveView {
  link: Link;
  heardAt: number | null;
}

type Hear = (event: LiveEvent) => void;

interface Live {
  view: LiveView;
  /** Hear a topic's events until the returned function is called. */
  follow: (topic: string, hear: Hear) => () => void;
  /** A fresh snapshot, brought up to the events that came while it was under way. */
  caughtUp: (board: Board) => Board;
}

const Context = createContext<Live | null>(null);

/** The newest events, so that a snapshot that was under way when they came is brought up to them. */
const RECENT = 500;

export function LiveProvider({ me, children }: { me: Me; children: ReactNode }) {
  const queries = useQueryClient();
  const [view, setView] = useState<LiveView>({ link: nothingYet.link, heardAt: null });
  const socket = useRef<LiveSocket | null>(null);
  const followers = useRef(new Map<string, Set<Hear>>());
  const recent = useRef<LiveEvent[]>([]);
  const basic = topicsOf(me).join(",");

  useEffect(() => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const following = followers.current;
    const newest: LiveEvent[] = [];
    const frames = boardFrames(queries);
    recent.current = newest;
    const connection = new LiveSocket(`${scheme}://${location.host}/api/live`, wanted(basic, following), {
      event: (event) => {
        newest.push(event);
        if (newest.length > RECENT) newest.shift();
        frames.add(event);
        intoCache(queries, event);
        following.get(event.topic)?.forEach((hear) => hear(event));
      },
      refetch: () => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" }),
      state: ({ link, heardAt }) => setView((before) => (before.link === link && (link === "live" || before.heardAt === heardAt) ? before : { link, heardAt })),
    });
    socket.current = connection;
    return () => {
      connection.end();
      frames.end();
      socket.current = null;
    };
  }, [queries, basic]);

  const [follow] = useState(() => (topic: string, hear: Hear) => {
    const known = followers.current.get(topic) ?? new Set<Hear>();
    const isNew = known.size === 0;
    followers.current.set(topic, known.add(hear));
    if (isNew) socket.current?.subscribe(wanted(basic, followers.current));
    return () => {
      known.delete(hear);
      if (known.size === 0) followers.current.delete(topic);
    };
  });

  const [caughtUp] = useState(() => (board: Board) => foldBoard(board, recent.current));
  const live = useMemo(() => ({ view, follow, caughtUp }), [view, follow, caughtUp]);
  return <Context value={live}>{children}</Context>;
}

function topicsOf(me: Me): string[] {
  return may(me, "supervisor") ? ["calls", "campaigns", "agents", "desk"] : [...(me.agent_id ? ["desk"] : []), "calls"]; // who may take a call over has a desk
}

function wanted(basic: string, following: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...basic.split(","), ...following.keys()])];
}

/** Board events are applied together: a thousand calls must not draw a thousand times a second. Offers never wait for it. */
const FRAME_MS = 250;

function boardFrames(queries: QueryClient): { add: (event: LiveEvent) => void; end: () => void } {
  let waiting: LiveEvent[] = [];
  let timer: number | undefined;
  const draw = (): void => {
    timer = undefined;
    const events = waiting;
    waiting = [];
    queries.setQueriesData<Board>({ queryKey: ["board"] }, (board) => board && foldBoard(board, events));
  };
  return {
    add: (event) => {
      waiting.push(event);
      timer ??= window.setTimeout(draw, FRAME_MS);
    },
    end: () => window.clearTimeout(timer),
  };
}

function intoCache(queries: QueryClient, event: LiveEvent): void {
  if (event.topic !== "desk" && event.topic !== "calls") return;
  queries.setQueryData<DeskView>(["desk"], (desk) => desk && deskAfter(desk, event));
  if (event.topic === "desk") void queries.invalidateQueries({ queryKey: ["desk"] });
  if (event.topic === "calls" && typeof event.data.call_id === "string") {
    if (event.type === "turn" || event.type === "call_ended" || event.type === "bridged") {
      void queries.invalidateQueries({ queryKey: ["call", event.data.call_id] });
    }
  }
}

function useLiveContext(): Live {
  const live = useContext(Context);
  if (!live) throw new Error("no LiveProvider above");
  return live;
}

export function useLive(): LiveView {
  return useLiveContext().view;
}

/** Hear the events of `topic` while the component is on screen; null hears nothing. */
export function useTopic(topic: string | null, hear: Hear): void {
  const { follow } = useLiveContext();
  const latest = useRef(hear);
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(() => (topic === null ? undefined : follow(topic, (event) => latest.current(event))), [topic, follow]);
}

export function useCaughtUp(): (board: Board) => Board {
  return useLiveContext().caughtUp;
}

/** Commands wait for a live link: what is on screen may be old. */
export function useCanCommand(): boolean {
  const { link } = useLive();
  return link === "live";
}
