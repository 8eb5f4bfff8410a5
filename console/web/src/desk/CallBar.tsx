/**
 * The call, in one place on every page: offered, connecting, live, on hold, reconnecting, wrap-up. It draws what the server
 * allows and nothing else; an offer is announced once and never takes the focus from what is being typed.
 */
import { Button, Tooltip } from "antd";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { DeskView, OfferView } from "@/api/types";
import { duration, useNow } from "@/clock";
import { useCommands } from "@/keyboard/hooks";
import { keyName, type Command } from "@/keyboard/registry";
import { useCanCommand, useTopic } from "@/live/provider";
import { useCommand } from "@/parts/command";
import { GradeMark, Since, StageMark } from "@/parts/Marks";
import { useToast } from "@/parts/toast";
import { usePhone } from "@/phone/provider";
import { queueName } from "@/words";
import type { MessageKey } from "@/i18n";

import { AfterCallButton, AfterCallStrip } from "./AfterCall";
import { linesOf } from "./briefing";
import { Countdown } from "./Countdown";
import { ring } from "./ring";
import { TransferDialog } from "./TransferDialog";
import { shownState, useDesk } from "./useDesk";
import { useEndedShift } from "./useEndedShift";
import { useResumedPhone } from "./useResumedPhone";

const HOLD_MS = 700;

export function CallBar() {
  const desk = useDesk().data;
  return (
    <>
      <Bar desk={desk} />
      <AfterCallStrip desk={desk} />
    </>
  );
}

function Bar({ desk }: { desk: DeskView | undefined }) {
  const { t } = useTranslation();
  const calls = useCallCommands(desk);
  useAnnouncedOffer(desk);
  useResumedPhone(desk);
  useEndedShift(desk);
  useMicrophoneOf(desk);
  useToldOfTransfers();
  const offer = desk?.offer;
  const call = desk?.call;
  if (offer) {
    return (
      <section className="callbar tone-ringing" aria-label={t("callbar.title")}>
        <span className="hidden-text" role="alert">
          {t("offer.title", { name: callerOf(offer) })}
        </span>
        <Countdown key={offer.transfer_id} seconds={offer.expires_in_s} />
        <div className="who grow">
          <div className="row">
            <span className="name cut" translate="no">{offer.briefing.customer_name || t("customer.unnamed")}</span>
            <span className="num soft">{offer.briefing.masked_number}</span>
            <GradeMark grade={offer.briefing.grade} />
            <StageMark stage="offered" />
          </div>
          <div className="dense cut" translate="no">
            {linesOf(offer.briefing, t).join(" ")}
          </div>
        </div>
        <AfterCallButton desk={desk} />
        <Act calls={calls} id="answer" primary />
        <Act calls={calls} id="decline" />
      </section>
    );
  }
  if (call && desk.state === "talking") {
    const stage = shownState(desk);
    return (
      <section className={`callbar tone-${stage}`} aria-label={t("callbar.title")}>
        <Since at={call.since} className="timer" />
        <div className="who grow">
          <div className="row">
            <span className="name cut" translate="no">{call.name || t("customer.unnamed")}</span>
            <span className="num soft">{call.number}</span>
            <GradeMark grade={call.grade} />
            <StageMark stage={stage} />
          </div>
          <div className="dense soft cut">
            {stage === "reconnecting" ? <LostFor until={desk.phone.lost_until} /> : call.transfer_to ? t("transfer.asked", { name: queueName(t, call.transfer_to) }) : <span translate="no">{[call.local_time, call.city].filter(Boolean).join(" · ")}</span>}
          </div>
        </div>
        <Act calls={calls} id="mute" />
        <Act calls={calls} id="hold" />
        <Transfer desk={desk} />
        <AfterCallButton desk={desk} />
        <Act calls={calls} id="end" danger />
      </section>
    );
  }
  if (desk?.wrap_up) {
    return (
      <section className="callbar tone-wrap_up" aria-label={t("callbar.title")}>
        <Left until={desk.wrap_up.until} />
        <div className="who grow">
          <div className="row">
            {call ? (
              <>
                <span className="name cut">{call.name || t("customer.unnamed")}</span>
                <span className="num soft">{call.number}</span>
                <GradeMark grade={call.grade} />
              </>
            ) : null}
            <StageMark stage="wrap_up" />
          </div>
          <div className="dense soft cut">
            {desk.wrap_up.taken_over_by === null ? null : <strong role="status" translate="no">{t("wrap.taken_over", { name: desk.wrap_up.taken_over_by })} </strong>}
            {t(desk.next === "call" ? "wrap.what" : "wrap.what_last")}
          </div>
        </div>
        <AfterCallButton desk={desk} />
        <Act calls={calls} id="extend" />
      </section>
    );
  }
  return null;
}

type CallCommand = Command & { words: MessageKey; pressed?: boolean };

function useCallCommands(desk: DeskView | undefined): CallCommand[] {
  const { t } = useTranslation();
  const phone = usePhone();
  const canCommand = useCanCommand();
  const { mutate } = useCommand("desk");
  const offer = desk?.offer?.transfer_id;
  const { held = false, muted = false } = desk?.call ?? {};
  const allowed = desk?.allowed_actions.join(",") ?? "";
  const { mute } = phone;
  const commands = useMemo(() => {
    const refusal = (...actions: string[]): string | undefined => {
      if (!canCommand) return t("refusal.stale");
      return actions.some((action) => allowed.split(",").includes(action)) ? undefined : t("refusal.not_now");
    };
    const post = (path: string): void => mutate({ path: `/api/desk/${path}` });
    const found: CallCommand[] = [
      { id: "answer", label: "call.answer", words: "call.answer", group: "group.call", key: "F2", refusal: refusal("accept"), run: () => post(`offers/${offer ?? ""}/accept`) },
      { id: "decline", label: "call.decline", words: "call.decline", group: "group.call", refusal: refusal("decline"), run: () => post(`offers/${offer ?? ""}/decline`) },
      {
        id: "mute",
        label: "call.mute",
        words: muted ? "call.unmute" : "call.mute",
        pressed: muted,
        group: "group.call",
        key: "F4",
        refusal: refusal("mute", "unmute"),
        run: () => {
          mute(!muted);
          post(muted ? "call/unmute" : "call/mute");
        },
      },
      {
        id: "hold",
        label: "call.hold",
        words: held ? "call.resume" : "call.hold",
        pressed: held,
        group: "group.call",
        key: "F9",
        refusal: refusal("hold", "resume"),
        run: () => post(held ? "call/resume" : "call/hold"),
      },
      { id: "end", label: "call.end", words: "call.end", group: "group.call", key: "Shift+F2", holdMs: HOLD_MS, refusal: refusal("hang_up"), run: () => post("call/hang-up") },
      { id: "end_shift", label: "after.end", words: "after.end", group: "group.call", refusal: refusal("end_shift"), run: () => post("end-shift") },
      { id: "extend", label: "wrap.extend", words: "wrap.extend", group: "group.call", refusal: refusal("extend_wrap_up"), run: () => post("wrap-up/extend") },
    ];
    return found;
  }, [t, canCommand, allowed, offer, muted, held, mute, mutate]);
  useCommands(commands);
  return commands;
}

function Act({ calls, id, primary = false, danger = false }: { calls: CallCommand[]; id: string; primary?: boolean; danger?: boolean }) {
  const { t } = useTranslation();
  const command = calls.find((one) => one.id === id);
  if (!command) return null;
  const words = t(command.words);
  const tip = command.refusal ?? (command.holdMs ? `${words} (${t("command.held")})` : words);
  const face: ReactNode = (
    <>
      {words}
      {command.key ? <kbd>{keyName(command.key)}</kbd> : null}
    </>
  );
  const common = { disabled: command.refusal !== undefined, danger, ...(primary ? { type: "primary" as const } : {}), ...(command.pressed === undefined ? {} : { "aria-pressed": command.pressed }) };
  return (
    <Tooltip title={tip}>
      {command.holdMs ? (
        <HoldButton {...common} holdMs={command.holdMs} run={command.run}>
          {face}
        </HoldButton>
      ) : (
        <Button {...common} onClick={command.run}>
          {face}
        </Button>
      )}
    </Tooltip>
  );
}

/** Pressed long, by mouse or by the space bar: a slip must not end a call. */
function HoldButton({ holdMs, run, children, ...button }: { holdMs: number; run: () => void; children: ReactNode; disabled: boolean; danger: boolean }) {
  const [holding, setHolding] = useState(false);
  useEffect(() => {
    if (!holding) return;
    const timer = window.setTimeout(() => {
      setHolding(false);
      run();
    }, holdMs);
    return () => window.clearTimeout(timer);
  }, [holding, holdMs, run]);
  const stop = (): void => setHolding(false);
  return (
    <Button
      {...button}
      className={holding ? "holding" : ""}
      onPointerDown={() => setHolding(true)}
      onPointerUp={stop}
      onPointerLeave={stop}
      onKeyDown={(key) => {
        if ((key.code === "Space" || key.code === "Enter") && !key.repeat) setHolding(true);
      }}
      onKeyUp={stop}
      onBlur={stop}
    >
      {children}
    </Button>
  );
}

function Transfer({ desk }: { desk: DeskView }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const canCommand = useCanCommand();
  return (
    <>
      <Button disabled={!canCommand || !desk.allowed_actions.includes("transfer")} onClick={() => setOpen(true)}>
        {t("call.transfer")}
      </Button>
      <TransferDialog open={open} close={() => setOpen(false)} />
    </>
  );
}

/** The microphone is as the server says: nobody begins a call muted because the last one ended so, or without one because they only listened. */
function useMicrophoneOf(desk: DeskView | undefined): void {
  const { mute, speak, view } = usePhone();
  const { call_id, muted = false } = desk?.call ?? {};
  const missing = desk?.state === "talking" && view.state === "up" && view.microphone === "";
  useEffect(() => {
    if (missing) void speak(true).catch(() => undefined); // one that is there is never touched
  }, [missing, speak]);
  useEffect(() => mute(muted), [call_id, muted, missing, mute]);
}

const FAILED = ["nobody_free", "declined", "missed", "lost"] as const;

function useToldOfTransfers(): void {
  const { t } = useTranslation();
  const toast = useToast();
  useTopic("desk", ({ type, data }) => {
    const reason = FAILED.find((one) => one === data.reason);
    if (type === "transfer_failed" && reason) toast.tell("warning", t(`transfer.failed.${reason}`), { seconds: 8 });
  });
}

function Left({ until }: { until: string }) {
  return <span className="timer">{duration(Date.parse(until) - useNow())}</span>;
}

function LostFor({ until }: { until: string | null }) {
  const { t } = useTranslation();
  const now = useNow();
  const left = until === null ? null : Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
  return <>{left === null ? t("call.music") : t("call.music_left", { seconds: left })}</>;
}

/** Whom an offer is announced as: by the number where there is no name. */
const callerOf = ({ briefing }: OfferView): string => briefing.customer_name || briefing.masked_number;

/** Rings, tells the tab's title and, in the background, the system; all of it ends with the offer, however that ends. */
function useAnnouncedOffer(desk: DeskView | undefined): void {
  const { t } = useTranslation();
  const offer = desk?.offer;
  const announced = useRef<string | null>(null);
  const id = offer?.transfer_id ?? null;
  const name = offer ? callerOf(offer) : "";
  const summary = offer ? linesOf(offer.briefing, t).join(" ") : "";
  useEffect(() => {
    if (id === null) return;
    const title = document.title;
    document.title = t("offer.title", { name });
    const stop = ring();
    let notice: Notification | null = null;
    if (announced.current !== id && document.hidden && "Notification" in window && Notification.permission === "granted") {
      notice = new Notification(t("offer.title", { name }), { body: summary, tag: id });
      notice.onclick = () => window.focus();
    }
    announced.current = id;
    return () => {
      document.title = title;
      stop();
      notice?.close();
    };
  }, [id, name, summary, t]);
}
