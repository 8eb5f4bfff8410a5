/**
 * What the console's API says, by short names. All shapes are made from the server's own description (schema.ts); written here
 * is only what has no route in it yet. Ids are strings: they have 63 bits.
 */
import type { components } from "./schema";

type Shapes = components["schemas"];

export type Role = Shapes["Role"];
export type Grade = Shapes["Grade"];
export type Stage = Shapes["Stage"];
export type Speaker = Shapes["Speaker"];
export type AgentState = Shapes["AgentState"];
export type CampaignState = Shapes["CampaignState"];

/** What the API says it answers; a newer server may answer more, and this app has codes of its own for no answer at all. */
export type ProblemCode = Shapes["Problem"]["code"];
export type Problem = Omit<Shapes["Problem"], "code"> & { code: string };
export type Me = Shapes["Me"];
export type DemoUser = Shapes["DemoUser"];
export type Turn = Shapes["TurnView"];
/** In a talk with the robot the platform also tells what it would have done. */
export type TalkTurn = Omit<Turn, "who"> & { who: Speaker | "system"; notice?: string | null };
export type AgentView = Shapes["AgentView"];
export type Denial = Shapes["DenialView"];
export type Reason = Shapes["ReasonView"];
export type Pace = Shapes["PaceView"];
export type CampaignView = Shapes["CampaignView"];
export type Tiles = Shapes["Tiles"];
export type CallDetail = Shapes["CallDetail"];
export type Briefing = Shapes["BriefingView"];
export type OfferView = Shapes["OfferView"];
export type DeskCall = Shapes["DeskCall"];
export type UnfinishedCall = Shapes["UnfinishedView"];
export type Colleague = Shapes["ColleagueView"];
export type QueueLine = Shapes["QueueView"];
export type TransferTargets = Shapes["TransferTargets"];
export type DraftView = Shapes["DraftView"];
export type DeskView = Shapes["DeskView"];
export type CanCall = Shapes["CanCall"];
export type CustomerEvent = Shapes["CustomerEvent"];
export type CustomerView = Shapes["CustomerView"];
export type Revealed = Shapes["Revealed"];

export type MonitorMode = Shapes["MonitorMode"];
export type LiveCall = Shapes["LiveCall"];
export type Board = Shapes["Board"];
export type TalkEngine = Shapes["TalkEngineView"];
export type TalkStory = Shapes["TalkView"];
