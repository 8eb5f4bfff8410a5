/**
 * The desk between an event and the server's full word for it: an offer is on screen with its summary in the frame it came,
 * while the desk is fetched anew behind it. Pure. `allowed_actions` is never guessed, but for what the event itself says.
 */
import type { DeskCall, DeskView, OfferView, Turn } from "@/api/types";

import type { LiveEvent } from "./link";

export function deskAfter(desk: DeskView, { topic, type, data, at }: LiveEvent): DeskView {
  switch (`${topic}/${type}`) {
    case "desk/offer":
      return { ...desk, state: "offered", since: at, offer: data as unknown as OfferView, allowed_actions: ["accept", "decline"] };
    case "desk/offer_gone":
      return desk.offer?.transfer_id === data.transfer_id ? { ...desk, offer: null } : desk;
    case "desk/call_changed":
      if (desk.call?.call_id !== data.call_id) return desk;
      return { ...desk, call: desk.call && { ...desk.call, ...howItIs(data) } };
    case "desk/phone_lost":
      return { ...desk, phone: { state: "lost", lost_until: new Date(Date.parse(at) + 1000 * Number(data.within_s)).toISOString() } };
    case "desk/phone_back":
      return { ...desk, phone: { ...desk.phone, state: "up", lost_until: null } };
    case "calls/turn": {
      const turn = data as unknown as Turn & { call_id: string };
      if (desk.call?.call_id !== turn.call_id || desk.call.transcript.some((one) => one.index === turn.index)) return desk;
      return { ...desk, call: { ...desk.call, transcript: [...desk.call.transcript, turn] } };
    }
    default:
      return desk;
  }
}

function howItIs({ held, muted, transfer_to }: LiveEvent["data"]): Pick<DeskCall, "held" | "muted" | "transfer_to"> {
  return { held: held === true, muted: muted === true, transfer_to: typeof transfer_to === "string" ? transfer_to : null };
}
