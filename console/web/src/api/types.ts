/** What the console's API says, by the names of docs/reference/console-api.md. Ids are strings: they have 63 bits. */

export type Role = "agent" | "supervisor" | "designer" | "admin";
export type Grade = "A" | "B" | "C" | "D" | "E" | "F";
export type Stage = "dialling" | "robot" | "waiting" | "human" | "wrap_up" | "ended";
export type MonitorMode = "listen" | "whisper" | "barge";

export interface Problem {
  code: string;
  message: string;
  remedy: string;
  request_id: string;
}

export interface Me {
  user_id: string;
  name: string;
  display_name: string;
  roles: Role[];
  tenant: string;
  csrf: string;
  agent_id: string | null;
  lang: string;
}

export interface DemoUser {
  name: string;
  display_name: string;
  roles: Role[];
  password: string;
  tenant: string;
}

export interface Turn {
  index: number;
  who: string;
  kind: string;
  text: string;
  start_ms: number;
  end_ms: number;
  intent: string | null;
  confidence: number | null;
  because: string | null;
}

export interface LiveCall {
  call_id: string;
  campaign_id: string;
  stage: Stage;
  since: string;
  masked_name: string;
  masked_number: string;
  city: string | null;
  grade: Grade | null;
  agent_id: string | null;
  last_text: string | null;
  monitored: MonitorMode | null;
  allowed_actions: string[];
}

export interface AgentView {
  id: string;
  name: string;
  status: string;
  state: string;
  reason: string;
  since: string;
  allowed_actions: string[];
}

export interface Denial {
  at: string;
  lead_id: string;
  rule: string;
  reason: string;
  retry_at: string | null;
}

export interface CampaignView {
  id: string;
  name: string;
  mode: string;
  assistant: string;
  state: string;
  leads: Record<string, number>;
  pacing: string | null;
  allowed_actions: string[];
}

export interface Tiles {
  dialling: number;
  robot: number;
  waiting: number;
  human: number;
  wrap_up: number;
  ready: number;
  not_ready: number;
  abandoned_percent: number | null;
  answer_to_robot_ms: number | null;
  denials_per_min: number;
}

export interface Board {
  epoch: string;
  seq: number;
  tiles: Tiles;
  calls: LiveCall[];
  agents: AgentView[];
  denials: Denial[];
  campaigns: CampaignView[];
}

export interface CallDetail {
  call_id: string;
  campaign_id: string;
  customer_id: string | null;
  stage: Stage;
  outcome: string | null;
  grade: Grade | null;
  summary: string[];
  masked_name: string;
  masked_number: string;
  turns: Turn[];
  recording: { available: boolean; seconds: number | null };
  allowed_actions: string[];
}

export interface Briefing {
  call_id: string;
  campaign: string;
  customer_name: string;
  masked_number: string;
  grade: Grade | null;
  summary: string[];
  evidence: string[];
  slots: [string, string][];
  transcript: { who: string; text: string; at_s: number }[];
}

export interface OfferView {
  transfer_id: string;
  expires_in_s: number;
  briefing: Briefing;
}

export interface DeskCall {
  call_id: string;
  customer_id: string | null;
  name: string;
  number: string;
  city: string | null;
  local_time: string | null;
  zone: string | null;
  grade: Grade | null;
  since: string;
  briefing: Briefing | null;
  transcript: Turn[];
  held: boolean;
  muted: boolean;
  /** The agent or queue that is asked to take the customer on. */
  transfer_to: string | null;
}

export interface DraftView {
  call_id: string;
  note: string;
  outcome: string;
  etag: string;
  saved_at: string | null;
}

export interface DeskView {
  agent: { id: string; name: string };
  status: string;
  state: string;
  reason: string;
  since: string;
  allowed_actions: string[];
  offer: OfferView | null;
  call: DeskCall | null;
  wrap_up: { call_id: string; until: string; extended: boolean; draft: DraftView | null } | null;
  phone: { state: string; lost_until: string | null };
  desk_session: string | null;
}

export interface TalkEngine {
  lang: string;
  name: string;
  expect: string;
  voice: boolean;
}

export interface CanCall {
  allowed: boolean;
  rule: string | null;
  reason: string;
  retry_at: string | null;
}

export interface CustomerView {
  customer_id: string;
  masked_name: string;
  masked_number: string;
  owner: string | null;
  consent: string;
  interest: { machine: Grade | null; human: Grade | null };
  timeline: { at: string; kind: string; text: string; call_id: string | null }[];
  allowed_actions: string[];
}
