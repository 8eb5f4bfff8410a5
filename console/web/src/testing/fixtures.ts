/** What a server may say, for tests. Ids are of the real size: they must never pass through a number. */
import type { AgentState, AgentView, Board, CallDetail, CampaignView, CustomerView, DeskCall, DeskView, LiveCall, Me, OfferView, Speaker, TransferTargets, Turn } from "@/api/types";
import type { LiveEvent } from "@/live/link";

export const NOW = "2026-11-26T06:30:00Z";
const CAMPAIGN = "4611686018427387905";

export const event = (seq: number, topic: string, type: string, data: Record<string, unknown>): LiveEvent => ({
  epoch: "e1",
  seq,
  topic,
  type,
  at: "2026-11-26T06:31:00Z",
  data,
});

export const aMe = (more: Partial<Me> = {}): Me => ({
  user_id: "1",
  name: "sue",
  display_name: "Sue Park",
  roles: ["supervisor"],
  tenant: "demo",
  csrf: "token",
  agent_id: null,
  lang: "en",
  ...more,
});

export const aTurn = (index: number, who: Speaker, text: string, more: Partial<Turn> = {}): Turn => ({
  index,
  who,
  kind: who === "customer" ? "answer" : "prompt",
  text,
  start_ms: index * 4200 + 600,
  end_ms: index * 4200 + 3800,
  intent: null,
  confidence: null,
  because: null,
  ...more,
});

export const turns = (): Turn[] => [
  aTurn(0, "robot", "Hello, this is Ann, the automatic assistant of Bright Courses. This call is recorded. Do you have a minute?", { because: "rule: greet" }),
  aTurn(1, "customer", "yes go on", { intent: "affirm", confidence: 0.94 }),
  aTurn(2, "robot", "We have an English course for children that starts next week. Would that interest you?", { because: "story: interested" }),
  aTurn(3, "customer", "how much is it", { intent: "ask_price", confidence: 0.88 }),
  aTurn(4, "robot", "It is forty nine a month, and the first lesson is free.", { because: "rule: answer price" }),
  aTurn(5, "customer", "can i talk to a person", { intent: "ask_human", confidence: 0.97 }),
];

export const aCall = (n: number, stage: LiveCall["stage"], more: Partial<LiveCall> = {}): LiveCall => ({
  call_id: `92233720368547758${String(n).padStart(2, "0")}`,
  campaign_id: CAMPAIGN,
  stage,
  since: NOW,
  masked_name: "W. Li",
  masked_number: `+44 20 •••• 01${String(n).padStart(2, "0")}`,
  city: "London",
  grade: null,
  agent_id: null,
  last_text: null,
  held: false,
  transfer_to: null,
  phone_lost: false,
  monitored: null,
  monitored_by: null,
  allowed_actions: [],
  ...more,
});

const agent = (id: string, name: string, state: AgentState, status: AgentView["status"] = "ready", more: Partial<AgentView> = {}): AgentView => ({
  id,
  name,
  status,
  state,
  next: status === "ready" ? "call" : "break",
  reason: "",
  since: NOW,
  allowed_actions: [],
  ...more,
});

export const aCampaign = (more: Partial<CampaignView> = {}): CampaignView => ({
  id: CAMPAIGN,
  name: "Autumn course",
  mode: "three_stage",
  assistant: "course_en",
  state: "running",
  leads: { ready: 240, calling: 6, callback: 3, done: 118, stopped: 9 },
  pacing: {
    law: "progressive",
    dial: 5,
    limit: "agents",
    figures: { free: 2, soon: 1, warm_share: 0.12, wanted: 25, in_flight: 6, lines: 30 },
    said: "2 free + 1 soon free, 0.12 of calls turn warm: 25 calls wanted; 6 in flight, 30 lines: dial 5",
  },
  allowed_actions: ["pause", "stop"],
  ...more,
});

export const aBoard = (more: Partial<Board> = {}): Board => ({
  epoch: "e1",
  seq: 100,
  tiles: {
    dialling: 2,
    robot: 3,
    waiting: 1,
    human: 1,
    wrap_up: 1,
    ready: 1,
    not_ready: 1,
    abandoned_percent: 1.4,
    answer_to_robot_ms: 640,
    denials_per_min: 3,
  },
  calls: [
    aCall(1, "robot", { grade: "B", last_text: "can i talk to a person", allowed_actions: ["listen", "take_over"] }),
    aCall(2, "robot", { last_text: "We have an English course for children that starts next week. Would that interest you?", masked_name: "M. Brown", allowed_actions: ["listen", "take_over"] }),
    aCall(3, "robot", { last_text: "who is calling", masked_name: "J. Smith", city: "Leeds", allowed_actions: ["listen", "take_over"] }),
    aCall(4, "dialling", { masked_name: "A. Green" }),
    aCall(5, "dialling", { masked_name: "T. Young", city: null }),
    aCall(6, "waiting", { grade: "A", masked_name: "R. Hall", last_text: "yes put me through", allowed_actions: ["listen", "take_over"] }),
    aCall(7, "human", { grade: "A", masked_name: "C. Wood", agent_id: "ann", last_text: "can i pay by month", allowed_actions: ["listen", "whisper", "barge", "take_over"] }),
  ],
  agents: [
    agent("ann", "Ann Miller", "talking"),
    agent("bob", "Bob Carter", "idle"),
    agent("cem", "Cem Aydin", "wrap_up", "ready", { next: "end_of_shift" }),
    agent("dia", "Dia Rao", "idle", "not_ready", { reason: "lunch" }),
  ],
  denials: [
    { at: NOW, lead_id: "9223372036854775100", reasons: [{ rule: "attempts_per_day", level: "platform", limit: "2", seen: "2" }], retry_at: "2026-11-27T01:00:00Z" },
    { at: NOW, lead_id: "9223372036854775101", reasons: [{ rule: "window", level: "platform", limit: "09:00-20:00", seen: "20:42 Europe/London" }], retry_at: "2026-11-27T09:00:00Z" },
    { at: NOW, lead_id: "9223372036854775102", reasons: [{ rule: "opt_out", level: "", limit: "0", seen: "1" }], retry_at: null },
  ],
  campaigns: [aCampaign()],
  ...more,
});

export const aCallDetail = (more: Partial<CallDetail> = {}): CallDetail => ({
  call_id: aCall(1, "robot").call_id,
  campaign_id: CAMPAIGN,
  customer_id: "9223372036854775500",
  stage: "robot",
  outcome: null,
  grade: "B",
  summary: ["Asked for the price.", "Wants a person."],
  masked_name: "W. Li",
  masked_number: "+44 20 •••• 0101",
  turns: turns(),
  recording: { available: true, seconds: 42 },
  allowed_actions: ["listen", "take_over"],
  ...more,
});

export const anOffer = (): OfferView => ({
  transfer_id: "t-81",
  expires_in_s: 10,
  straight: false,
  briefing: {
    call_id: aCall(1, "robot").call_id,
    campaign: "Autumn course",
    customer_name: "W. Li",
    masked_number: "+44 20 •••• 0101",
    grade: "A",
    summary: ["Interested in the children's course.", "Asked for the price, heard 49 a month.", "Wants to talk to a person now."],
    evidence: ["can i talk to a person"],
    slots: [
      ["callback_time", "tomorrow at ten"],
    ],
    transcript: [
      { who: "robot", text: "It is forty nine a month, and the first lesson is free.", at_s: 17.4 },
      { who: "customer", text: "can i talk to a person", at_s: 21.6 },
    ],
    earlier: [
      { at: "2026-11-20T10:12:00Z", kind: "call", mode: "three_stage", result: "callback_booked", grade: "C", text: "The customer wants to be called later." },
      { at: "2026-11-20T10:12:04Z", kind: "callback_booked", mode: "", result: "", grade: null, text: "" },
      { at: "2026-11-21T08:30:00Z", kind: "note", mode: "", result: "", grade: null, text: "has two children" },
    ],
    put_through_by: "",
  },
});

export const aDesk = (more: Partial<DeskView> = {}): DeskView => ({
  agent: { id: "ann", name: "Ann Miller" },
  status: "ready",
  state: "idle",
  reason: "",
  since: NOW,
  next: "call",
  allowed_actions: ["not_ready", "end_shift"],
  offer: null,
  call: null,
  wrap_up: null,
  unfinished: 0,
  phone: { state: "up", lost_until: null },
  desk_session: "s1",
  ...more,
});

export const aDeskCall = (more: Partial<DeskCall> = {}): DeskCall => ({
  call_id: aCall(1, "robot").call_id,
  customer_id: "9223372036854775500",
  name: "W. Li",
  number: "+44 20 •••• 0101",
  city: "London",
  local_time: "06:31",
  zone: "Europe/London",
  grade: "A",
  since: NOW,
  briefing: anOffer().briefing,
  transcript: turns(),
  held: false,
  transfer_to: null,
  draft: null,
  muted: false,
  ...more,
});

export const aCustomer = (more: Partial<CustomerView> = {}): CustomerView => ({
  customer_id: "9223372036854775500",
  masked_name: "W. Li",
  masked_number: "+44 20 •••• 0101",
  owner: "Ann Miller",
  consent: "not_opted_out",
  interest: { machine: "B", human: "A" },
  timeline: [
    { at: "2026-11-20T10:12:00Z", kind: "registered", data: { source: "import" }, call_id: null, recording: false },
    { at: "2026-11-20T10:12:01Z", kind: "lead_added", data: { campaign: "Autumn course" }, call_id: null, recording: false },
    { at: "2026-11-21T09:00:00Z", kind: "callback_booked", data: { due_at: "2026-11-23T09:00:00Z" }, call_id: null, recording: false },
    { at: "2026-11-22T09:00:00Z", kind: "callback_moved", data: { due_at: "2026-11-24T09:00:00Z", because: "window.platform" }, call_id: null, recording: false },
    { at: NOW, kind: "call", data: { result: "handed_over", rung: true, attempt_no: 1 }, call_id: aCall(1, "robot").call_id, recording: true },
    { at: NOW, kind: "graded", data: { by: "machine", grade: "B" }, call_id: null, recording: false },
    { at: NOW, kind: "note", data: { text: "Likes mornings" }, call_id: null, recording: false },
    { at: NOW, kind: "consent", data: { purpose: "recording", given: true, source: "call" }, call_id: null, recording: false },
    { at: NOW, kind: "lead_stopped", data: { because: "opt_out" }, call_id: null, recording: false },
    { at: NOW, kind: "wrapped_up", data: { outcome: "sold", grade: "A" }, call_id: null, recording: false },
  ],
  allowed_actions: ["reveal"],
  ...more,
});

export const theTargets = (): TransferTargets => ({
  queues: [
    { name: "default", waiting: 2, served_by: 3, free: 1 },
    { name: "returns", waiting: 0, served_by: 0, free: 0 },
  ],
  agents: [
    { id: "bob", name: "Bob Carter", status: "ready", state: "idle", reason: "", since: NOW, free: true },
    { id: "cem", name: "Cem Aydin", status: "ready", state: "wrap_up", reason: "", since: NOW, free: false },
    { id: "dia", name: "Dia Rao", status: "not_ready", state: "idle", reason: "lunch", since: NOW, free: false },
  ],
});
