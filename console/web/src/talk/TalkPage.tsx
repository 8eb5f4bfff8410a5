/**
 * Be the customer: with your microphone, the keypad, or typed. Shows what the robot understands while you speak, why it
 * answers what it answers, and how long it took. It says which recogniser hears you and how good to expect it to be.
 */
import { AudioOutlined, EditOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Input, Segmented, Spin } from "antd";
import { useCallback, useEffect, useReducer, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { get, Refused, send, sendLast } from "@/api/client";
import type { DeskView, TalkEngine, TalkStory } from "@/api/types";
import { useTopic } from "@/live/provider";
import { GradeMark } from "@/parts/Marks";
import { Loading } from "@/parts/Loading";
import { Problem } from "@/parts/Problem";
import { BecauseOf, Transcript } from "@/parts/Transcript";
import { useCommand } from "@/parts/command";
import { Softphone } from "@/phone/softphone";
import { usePreferences } from "@/preferences";
import { useHeardInACall, useMonitoring } from "@/supervise/monitoring";
import { earWords, langName } from "@/words";

import { conversationAfter, median, silent } from "./conversation";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
/** A lock of its own: the customer's tab and the agent's tab of one browser do not fight for the phone. */
const LOCK = "jingyin.talk";

interface Begun {
  talk_id: string;
  /** Who hears; null where one types. */
  ear: TalkEngine | null;
}

export function TalkPage() {
  const { t } = useTranslation();
  const engines = useQuery({ queryKey: ["talk-engines"], queryFn: () => get<TalkEngine[]>("/api/talk/engines"), staleTime: Infinity });
  const [talk, setTalk] = useState<Begun | null>(null);
  const [phone, setPhone] = useState<Softphone | null>(null);
  useEffect(() => () => phone?.end(), [phone]);
  useHangUpOnLeaving(talk?.talk_id ?? null);
  const leave = useCallback(() => {
    phone?.end();
    setPhone(null);
    setTalk(null);
  }, [phone]);
  const begun = (one: Begun, voice: Softphone | null): void => {
    setPhone(voice);
    setTalk(one);
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("nav.talk")}</h1>
        {talk ? <span className="soft">{talk.ear ? earWords(t, talk.ear).name : t("ear.typed")}</span> : null}
      </div>
      {engines.error ? <Problem error={engines.error} retry={() => void engines.refetch()} /> : null}
      {engines.isPending ? <Loading /> : null}
      {engines.data && !talk ? <Choose engines={engines.data} begun={begun} /> : null}
      {talk ? <Talk key={talk.talk_id} talk={talk} phone={phone} leave={leave} /> : null}
    </div>
  );
}

/** Who closes the page, or goes to another, has hung up: the robot does not talk to nobody. */
function useHangUpOnLeaving(id: string | null): void {
  useEffect(() => {
    if (id === null) return undefined;
    const leave = (): void => sendLast(`/api/talk/${id}/hang-up`);
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [id]);
}

function Choose({ engines, begun }: { engines: readonly TalkEngine[]; begun: (talk: Begun, phone: Softphone | null) => void }) {
  const { t } = useTranslation();
  const { lang: own } = usePreferences();
  const [lang, setLang] = useState(() => (engines.some((one) => one.lang === own) ? own : (engines[0]?.lang ?? "en")));
  const engine = engines.find((one) => one.lang === lang);
  const [busy, setBusy] = useState<"voice" | "typed" | null>(null);
  const [error, setError] = useState<unknown>(null);
  const isHeard = useHeardInACall();

  const typed = async (): Promise<void> => {
    const { talk_id } = await send<{ talk_id: string }>("POST", "/api/talk", { lang, mode: "typed" });
    begun({ talk_id, ear: null }, null);
  };
  const voice = async (): Promise<void> => {
    if (isHeard()) throw new PhoneProblem("heard");
    const found: { talk?: Begun; refused?: unknown } = {};
    const phone = new Softphone(
      {
        offer: async (sdp) => {
          try {
            const answer = await send<{ talk_id: string; sdp: string }>("POST", "/api/talk", { lang, mode: "voice", sdp });
            found.talk = { talk_id: answer.talk_id, ear: engine ?? null };
            return { sdp: answer.sdp, phoneId: answer.talk_id };
          } catch (problem) {
            found.refused = problem;
            throw problem;
          }
        },
      },
      LOCK,
    );
    await phone.start();
    const { state } = phone.view();
    if (found.talk) {
      begun(found.talk, phone);
      return;
    }
    phone.end();
    if (found.refused instanceof Refused && found.refused.problem.code === "dialer.not_now") throw new PhoneProblem("heard"); // in another window
    throw found.refused instanceof Error ? found.refused : new PhoneProblem(state);
  };
  const begin = (mode: "voice" | "typed"): void => {
    setBusy(mode);
    setError(null);
    (mode === "voice" ? voice() : typed()).catch(setError).finally(() => setBusy(null));
  };
  return (
    <div className="idle">
      <h1>{t("talk.title")}</h1>
      <p className="soft">{t("talk.what")}</p>
      {engines.length > 1 ? (
        <Segmented aria-label={t("talk.lang")} value={lang} onChange={setLang} options={engines.map((one) => ({ value: one.lang, label: langName(t, one.lang) }))} />
      ) : null}
      <div className="choice">
        <button type="button" className="plain choice-card" disabled={!engine?.voice || busy !== null} onClick={() => begin("voice")}>
          <span className="row">
            <AudioOutlined aria-hidden style={{ fontSize: 18, color: "var(--primary)" }} />
            <strong className="grow">{t("talk.voice")}</strong>
            {busy === "voice" ? <Spin size="small" /> : null}
          </span>
          {engine?.voice ? (
            <span className="dense">
              {t("talk.heard_by")} <strong>{earWords(t, engine).name}</strong>
            </span>
          ) : null}
          <span className="dense soft">{engine?.voice ? earWords(t, engine).expect : t("talk.no_voice")}</span>
        </button>
        <button type="button" className="plain choice-card" disabled={busy !== null} onClick={() => begin("typed")}>
          <span className="row">
            <EditOutlined aria-hidden style={{ fontSize: 18, color: "var(--primary)" }} />
            <strong className="grow">{t("talk.typed")}</strong>
            {busy === "typed" ? <Spin size="small" /> : null}
          </span>
          <span className="dense soft">{t("talk.typed_what")}</span>
        </button>
      </div>
      {error instanceof PhoneProblem ? (
        <Alert
          type="warning"
          showIcon
          title={t(error.key)}
          description={t(error.what)}
          action={
            <Button disabled={busy !== null} onClick={() => begin("typed")}>
              {t("talk.type_instead")}
            </Button>
          }
        />
      ) : (
        <Problem error={error} />
      )}
    </div>
  );
}

const TOLD = { denied: "phone.denied", no_microphone: "phone.no_microphone", insecure: "phone.insecure", elsewhere: "talk.elsewhere", heard: "talk.heard" } as const;

/** The voice did not begin for a reason of this browser's, or because its person is heard in a call. */
class PhoneProblem extends Error {
  readonly key: (typeof TOLD)[keyof typeof TOLD] | "phone.failed";
  constructor(state: string) {
    super(state);
    this.key = state in TOLD ? TOLD[state as keyof typeof TOLD] : "phone.failed";
  }
  get what(): `${typeof this.key}.what` {
    return `${this.key}.what`;
  }
}

function Talk({ talk, phone, leave }: { talk: Begun; phone: Softphone | null; leave: () => void }) {
  const { t } = useTranslation();
  const [conversation, hear] = useReducer(conversationAfter, silent);
  useTopic(`talks/${talk.talk_id}`, hear);
  useStory(talk.talk_id, hear);
  const command = useCommand();
  const [words, setWords] = useState("");
  const path = `/api/talk/${talk.talk_id}`;
  const say = (): void => {
    if (!words.trim()) return;
    command.mutate({ path: `${path}/say`, body: { text: words.trim() } });
    setWords("");
  };
  const { ended } = conversation;
  const latencies = conversation.latencies.map((one) => one.response_ms);
  const middle = median(latencies);
  useEffect(() => {
    if (ended) phone?.end(); // the microphone goes off with the talk
  }, [ended, phone]);
  return (
    <div className="talk">
      <section className="panel" aria-label={t("desk.said")}>
        <div className="scroll" tabIndex={0} role="group" aria-label={t("desk.said")}>
          <Transcript turns={conversation.turns} partial={conversation.partial} />
          {conversation.turns.length === 0 ? <p className="soft" style={{ padding: 12 }}>{t("talk.connecting")}</p> : null}
        </div>
        {ended ? (
          <div className="body talk-foot" role="status">
            <GradeMark grade={ended.grade} />
            <div className="grow">
              <strong>{t(`talk.why.${ended.why}`)}</strong>
              <p className="dense soft">{t(`talk.why.${ended.why}.what`)} <span translate="no">{ended.summary.join(" ")}</span></p>
            </div>
            <Button type="primary" onClick={leave}>
              {t("talk.again")}
            </Button>
          </div>
        ) : (
          <form
            className="body talk-foot"
            onSubmit={(submit) => {
              submit.preventDefault();
              say();
            }}
          >
            <Input autoFocus value={words} maxLength={500} placeholder={t("talk.say")} aria-label={t("talk.say")} onChange={(change) => setWords(change.target.value)} />
            <Button type="primary" htmlType="submit">
              {t("talk.send")}
            </Button>
            <Button danger onClick={() => command.mutate({ path: `${path}/hang-up` })}>
              {t("talk.hang_up")}
            </Button>
          </form>
        )}
      </section>
      <div className="side">
        {phone && !ended ? <Microphone phone={phone} /> : null}
        <section className="panel" aria-label={t("talk.keypad")}>
          <header>
            <h2>{t("talk.keypad")}</h2>
          </header>
          <div className="body keypad">
            {KEYS.map((digit) => (
              <Button key={digit} disabled={ended !== null} onClick={() => command.mutate({ path: `${path}/key`, body: { digit } })}>
                {digit}
              </Button>
            ))}
          </div>
        </section>
        <section className="panel" aria-label={t("talk.latency")}>
          <header>
            <h2 className="grow">{t("talk.latency")}</h2>
            <strong className="num">{latencies.length ? `${Math.round(latencies.at(-1) ?? 0)} ms` : "–"}</strong>
          </header>
          <p className="body dense soft">
            {t("talk.latency_what")} {middle === null ? null : t("talk.latency_median", { median: Math.round(middle), count: latencies.length })}
          </p>
        </section>
        <section className="panel" aria-label={t("talk.decisions")}>
          <header>
            <h2>{t("talk.decisions")}</h2>
          </header>
          <ol className="list">
            {conversation.decisions
              .slice(-8)
              .toReversed()
              .map((decision) => (
                <li key={decision.index}>
                  <span className="grow">
                    <BecauseOf text={decision.because} />{" "}
                    <span className="soft" translate="no">
                      {decision.actions.join(", ")}
                    </span>
                  </span>
                </li>
              ))}
            {conversation.decisions.length === 0 ? <li className="soft">{t("talk.no_decisions")}</li> : null}
          </ol>
        </section>
      </div>
    </div>
  );
}

/** What happened before the page listened, and what it missed: the robot does not wait for a socket. */
function useStory(id: string, hear: (event: TalkStory["events"][number]) => void): void {
  const story = useQuery({ queryKey: ["talk", id], queryFn: () => get<TalkStory>(`/api/talk/${id}`) });
  useEffect(() => story.data?.events.forEach(hear), [story.data, hear]);
}

export function Microphone({ phone }: { phone: Softphone }) {
  const { t } = useTranslation();
  const view = useSyncExternalStore(phone.listen, phone.view);
  const { data: desk } = useQuery<DeskView>({ queryKey: ["desk"], queryFn: () => get<DeskView>("/api/desk"), enabled: false }); // as the shell has it
  const supervises = useMonitoring(({ mode }) => mode === "whisper" || mode === "barge");
  const inCall = supervises || desk?.state === "talking";
  useEffect(() => phone.mute(inCall), [phone, inCall]); // the robot does not answer what is said to a customer
  return (
    <section className="panel" aria-label={t("talk.microphone")}>
      <header>
        <h2 className="grow">{t("talk.microphone")}</h2>
        <span className="meter" role="img" aria-label={t("phone.level")}>
          <i style={{ width: `${Math.min(100, Math.round(Math.sqrt(view.level) * 140))}%` }} />
        </span>
      </header>
      <div className="body stack dense">
        <span className="soft cut">{view.microphone ? <span translate="no">{view.microphone}</span> : t("phone.no_microphone")}</span>
        {view.blocked ? (
          <Button type="primary" onClick={() => phone.unblock()}>
            {t("phone.hear")}
          </Button>
        ) : null}
        {view.state === "failed" ? <Alert type="error" title={t("phone.failed")} /> : null}
        {view.quality.shown.map((complaint) => (
          <span key={complaint}>{t(`quality.${complaint}`)}</span>
        ))}
        {inCall ? <Alert type="warning" title={t("talk.in_call")} /> : null}
        <Button size="small" disabled={inCall} aria-pressed={view.muted} onClick={() => phone.mute(!view.muted)}>
          {t(view.muted ? "call.unmute" : "call.mute")}
        </Button>
      </div>
    </section>
  );
}
