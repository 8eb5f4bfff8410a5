/** A conversation turn by turn: when, who, what, and for a robot's line why it said it; each turn can be heard. */
import { useEffect, useRef, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import type { TalkTurn } from "@/api/types";
import { duration } from "@/clock";
import { becauseOf, noticeName, whoName } from "@/words";

import { PlayButton } from "./Player";

interface Props {
  turns: readonly TalkTurn[];
  /** The call they are of, when its sound can be had. */
  callId?: string | null;
  /** What is being said and not yet certain. */
  partial?: string;
}

export function Transcript({ turns, callId = null, partial = "" }: Props) {
  const { t } = useTranslation();
  const end = useRef<HTMLDivElement>(null);
  useFollowTheEnd(end, turns.length, partial);
  return (
    <div className="transcript">
      {turns.map((turn) => (
        <div key={turn.index} className={`turn ${speaker(turn.who)}`}>
          <span className="at num">{duration(turn.start_ms)}</span>
          <div>
            <div className="who">{whoName(t, turn.who)}</div>
            <Said turn={turn} />
            <Why turn={turn} />
          </div>
          {callId ? <PlayButton source={`/api/calls/${callId}/turns/${turn.index}/audio`} label={turn.text} /> : <span />}
        </div>
      ))}
      {partial ? (
        <div className="turn customer partial">
          <span className="at" />
          <div className="bubble" translate="no">{partial}</div>
        </div>
      ) : null}
      <div ref={end} />
    </div>
  );
}

/** What was said is data, in its own language; what the platform tells is ours to word. */
function Said({ turn }: { turn: TalkTurn }) {
  const { t } = useTranslation();
  if (!turn.text) return <div className="bubble soft">{t("transcript.nothing_understood")}</div>;
  if (turn.notice) return <div className="bubble">{noticeName(t, turn.notice, turn.text)}</div>;
  return (
    <div className="bubble" translate="no">
      {turn.text}
    </div>
  );
}

export function BecauseOf({ text }: { text: string }) {
  const { t } = useTranslation();
  const { said, name } = becauseOf(t, text);
  return (
    <span>
      {said} {name ? <span translate="no">{name}</span> : null}
    </span>
  );
}

function Why({ turn }: { turn: TalkTurn }) {
  const { t } = useTranslation();
  if (!turn.intent && !turn.because) return null;
  return (
    <div className="why">
      {turn.intent ? (
        <span>
          {t("transcript.intent")} <b translate="no">{turn.intent}</b>
          {turn.confidence === null ? "" : ` ${Math.round(turn.confidence * 100)} %`}
        </span>
      ) : null}
      {turn.intent && turn.because ? " · " : ""}
      {turn.because ? <BecauseOf text={turn.because} /> : null}
    </div>
  );
}

const speaker = (who: string): string => (who === "robot" || who === "agent" || who === "system" ? who : "customer");

/**
 * Follow the newest line while the reader is at the end; stay where they are when they scrolled up. A line that came since we
 * scrolled, or a box that got smaller, is no scrolling of theirs.
 */
function useFollowTheEnd(end: RefObject<HTMLDivElement | null>, rows: number, partial: string): void {
  const atEnd = useRef(true);
  useEffect(() => {
    const box = scrollerOf(end.current);
    if (!box) return;
    let top = box.scrollTop;
    const look = (): void => {
      if (box.scrollHeight - box.scrollTop - box.clientHeight < 40) atEnd.current = true;
      else if (box.scrollTop < top) atEnd.current = false;
      top = box.scrollTop;
    };
    const resized = new ResizeObserver(() => follow(box, atEnd.current));
    resized.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, [end]);
  useEffect(() => follow(scrollerOf(end.current), atEnd.current), [end, rows, partial]);
}

function follow(box: HTMLElement | null, atEnd: boolean): void {
  if (atEnd && box) box.scrollTop = box.scrollHeight;
}

function scrollerOf(element: Element | null): HTMLElement | null {
  return element?.closest<HTMLElement>(".scroll") ?? null;
}
