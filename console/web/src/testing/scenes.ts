/**
 * Every screen worth looking at, as what a server would say. Component tests and axe in jsdom draw them, and e2e/screens draws
 * them in a real browser, in both looks and languages.
 */
import type { DeskView } from "@/api/types";
import type { LiveEvent } from "@/live/link";

import { aBoard, aCallDetail, aCampaign, aCustomer, aDesk, aDeskCall, aMe, anOffer, aTurn, event, theTargets, turns } from "./fixtures";

export interface Answer {
  status?: number;
  /** How long the server takes. */
  delayMs?: number;
  body: unknown;
}

export interface Scene {
  path: string;
  /** By path; a command's answer by `POST /path`. What is not here is 404. */
  answers: Record<string, Answer>;
  /** Sent once the page has subscribed to their topic. */
  events?: LiveEvent[];
  /** Clicked, one after the other, by accessible name. */
  clicks?: { role: "button" | "radio"; name: RegExp }[];
  keys?: string;
}

export const problem = (status: number, code: string, message: string, remedy = "", params: Record<string, unknown> = {}): Answer => ({
  status,
  body: { code, message, remedy, case: "", params, request_id: "8f2a41c09b7d" },
});

const ok = (body: unknown): Answer => ({ body });
const call = aCallDetail();
const ann = aMe({ user_id: "2", roles: ["agent"], agent_id: "ann", name: "ann", display_name: "Ann Miller" });

const supervisor: Scene["answers"] = {
  "/api/me": ok(aMe()),
  "/api/board": ok(aBoard()),
  "/api/campaigns": ok([
    aCampaign(),
    aCampaign({ id: "4611686018427387906", name: "Repayment reminder", mode: "one_sentence", state: "paused", pacing: null, allowed_actions: ["start", "stop"] }),
  ]),
  [`/api/calls/${call.call_id}`]: ok(call),
  "/api/customers/1": ok(aCustomer()),
  "/api/customers/1/can-call": ok({ allowed: false, rule: "attempts_per_day.platform", reasons: [{ rule: "attempts_per_day", level: "platform", limit: "2", seen: "2" }], campaign: "", detail: "", retry_at: "2026-11-27T01:00:00Z" }),
  "/api/talk/engines": ok([
    { lang: "en", name: "pocketsphinx, expected phrases", expect: "About two in three of what it expects.", voice: true, hearing: "phrases" },
    { lang: "zh", name: "pocketsphinx, Mandarin syllables", expect: "About half of what it expects.", voice: true, hearing: "spelled" },
  ]),
  "/api/talk/t1": ok({ events: [] }),
  "POST /api/talk": ok({ talk_id: "t1", engine: "Typed: no recogniser in between" }),
};

const desk = (view: Partial<DeskView>): Scene => ({
  path: "/desk",
  answers: { ...supervisor, "/api/me": ok(ann), "/api/desk": ok(aDesk(view)) },
});
const STAY = ["not_ready", "end_shift"];
const LIVE = ["mute", "hold", "transfer", "hang_up", ...STAY];
const callId = aDeskCall().call_id;

export const scenes = {
  login: {
    path: "/login",
    answers: {
      "/api/me": problem(401, "console.not_logged_in", "Nobody is logged in."),
      "/api/demo-users": ok(
        [
          ["sue", "Sue Park", "supervisor"],
          ["ann", "Ann Miller", "agent"],
          ["dan", "Dan Weber", "designer"],
          ["ada", "Ada Ozturk", "admin"],
        ].map(([name, display_name, role]) => ({ name, display_name, roles: [role], password: `demo-${name ?? ""}`, tenant: "demo" })),
      ),
    },
  },
  board: { path: "/board", answers: supervisor },
  boardOnHold: {
    path: "/board",
    answers: {
      ...supervisor,
      "/api/me": ok(aMe({ agent_id: "sue", roles: ["supervisor", "agent"] })),
      "/api/desk": ok(aDesk({ agent: { id: "sue", name: "Sue Park" } })), // its phone is in another browser
      "/api/board": ok(
        aBoard({
          calls: aBoard().calls.map((call) => (call.stage === "human" ? { ...call, held: true, monitored: "barge", last_text: "i will hold the line, thank you, but please do not let me wait for long" } : call)),
        }),
      ),
    },
  },
  boardCall: {
    path: `/board?call=${call.call_id}`,
    answers: supervisor,
    events: [event(101, "calls", "partial", { call_id: call.call_id, text: "is there somebody" })],
  },
  supervise: { path: "/supervise", answers: supervisor },
  campaigns: { path: "/campaigns", answers: supervisor },
  customer: { path: "/customers/1", answers: supervisor },
  talk: { path: "/talk", answers: supervisor },
  talking: {
    path: "/talk",
    answers: supervisor,
    clicks: [{ role: "button", name: /By typing|打字 ?输入/ }],
    events: [
      ...turns().map((turn, index) => event(101 + index, "talks/t1", "turn", { ...turn })),
      event(107, "talks/t1", "decision", { index: 0, because: "rule: answer price", actions: ["utter_price", "action_listen"] }),
      event(108, "talks/t1", "latency", { index: 4, response_ms: 412 }),
      event(109, "talks/t1", "partial", { text: "i would like to" }),
    ],
  },
  talkEnded: {
    path: "/talk",
    answers: {
      ...supervisor,
      "/api/talk/t1": ok({
        events: [
          ...turns().map((turn) => ({ type: "turn", data: turn })),
          { type: "turn", data: aTurn(6, "robot", "I am putting you through to a colleague. One moment, please.", { because: "rule: wants a person" }) },
          { type: "turn", data: { ...aTurn(7, "robot", "An agent would take over here. In a talk with the robot nobody is called, so it ends.", { kind: "notice" }), who: "system", notice: "takes_over" } },
          { type: "ended", data: { grade: "A", why: "handed_over", summary: ["The customer asked questions and wants to speak to a person.", 'Said: "how much is it", "can i talk to a person"'] } },
        ],
      }),
    },
    clicks: [{ role: "button", name: /By typing|打字 ?输入/ }],
  },
  shiftCheck: desk({ state: "gone", status: "not_ready", allowed_actions: ["start_shift"] }),
  ready: desk({}),
  notReady: desk({ status: "not_ready", reason: "missed an offer", allowed_actions: ["ready", "end_shift"] }),
  offered: desk({ state: "offered", offer: anOffer(), allowed_actions: ["accept", "decline", ...STAY] }),
  live: desk({ state: "talking", call: aDeskCall(), allowed_actions: LIVE }),
  held: desk({ state: "talking", call: aDeskCall({ held: true }), allowed_actions: ["resume", "hang_up"] }),
  reconnecting: desk({ state: "talking", call: aDeskCall(), phone: { state: "lost", lost_until: null }, allowed_actions: ["hang_up"] }),
  leaving: desk({ state: "talking", call: aDeskCall(), next: "end_of_shift", allowed_actions: ["mute", "hold", "transfer", "hang_up", "ready", "not_ready"] }),
  afterCall: { ...desk({ state: "talking", call: aDeskCall(), status: "not_ready", reason: "lunch", next: "break", allowed_actions: ["mute", "hold", "transfer", "hang_up", "ready", "end_shift"] }), clicks: [{ role: "button", name: /^(After this call|本次通话后)$/ }] },
  transfer: {
    path: "/desk",
    answers: { ...supervisor, "/api/me": ok(ann), "/api/desk": ok(aDesk({ state: "talking", call: aDeskCall(), allowed_actions: LIVE })), "/api/desk/transfer-targets": ok(theTargets()) },
    clicks: [{ role: "button", name: /^(Transfer|转接)$/ }],
  },
  unfinished: {
    path: "/desk",
    answers: {
      ...supervisor,
      "/api/me": ok(ann),
      "/api/desk": ok(aDesk({ unfinished: 1 })),
      "/api/desk/unfinished": ok([{ call_id: callId, name: "W. Li", number: "+44 20 •••• 0101", saved_at: "2026-11-26T06:31:10Z" }]),
      [`/api/desk/unfinished/${callId}`]: ok(
        aDeskCall({ draft: { call_id: callId, note: "Wants the Tuesday class.", outcome: "callback", grade: "B", callback_at: "2026-11-27T09:00:00+00:00", etag: "v1", saved_at: "2026-11-26T06:31:10Z" } }),
      ),
    },
  },
  wrapUp: desk({
    state: "wrap_up",
    call: aDeskCall(),
    wrap_up: {
      call_id: callId,
      until: "2026-11-26T06:32:00Z",
      extended: false,
      taken_over_by: null,
      draft: { call_id: callId, note: "Wants the Tuesday class.", outcome: "interested", grade: "B", callback_at: null, etag: "v1", saved_at: "2026-11-26T06:31:10Z" },
    },
    allowed_actions: ["wrap_up", "extend_wrap_up", ...STAY],
  }),
  optOut: {
    ...desk({ state: "wrap_up", call: aDeskCall(), wrap_up: { call_id: callId, until: "2026-11-26T06:32:00Z", extended: false, taken_over_by: "Sue Park", draft: null }, allowed_actions: ["wrap_up", "extend_wrap_up", ...STAY] }),
    clicks: [{ role: "radio", name: /Do not call|不再拨打/ }],
  },
  palette: { path: "/board", answers: supervisor, keys: "Control+k" },
  forbidden: {
    path: "/campaigns",
    answers: {
      ...supervisor,
      "/api/me": ok(ann),
      "/api/desk": ok(aDesk()),
      "/api/campaigns": problem(403, "kernel.forbidden", "user 2 is none of: admin, supervisor", "An admin can give the user the role.", { roles: ["admin", "supervisor"] }),
    },
  },
  empty: {
    path: "/board",
    answers: { ...supervisor, "/api/board": ok(aBoard({ calls: [], agents: [], denials: [], campaigns: [] })) },
  },
} satisfies Record<string, Scene>;

export type SceneName = keyof typeof scenes;
