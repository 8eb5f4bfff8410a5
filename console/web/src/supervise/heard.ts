/** Who hears a supervisor, and when the customer hears music instead of people; the server mixes it so (media/mix.py). Pure. */
import type { LiveCall, MonitorMode } from "@/api/types";
import type { MessageKey } from "@/i18n";

export type Joined = Pick<LiveCall, "held" | "transfer_to" | "phone_lost">;

/** The sentences that are true of a supervisor in this mode: who hears them, and what keeps the others from it. */
export function whoHears(mode: MonitorMode, { held, transfer_to, phone_lost }: Joined): MessageKey[] {
  const music = held || (phone_lost && mode !== "barge");
  const said: MessageKey[] = [listeners(mode, !phone_lost, !music)];
  if (held) said.push(transfer_to === null ? "heard.hold" : "heard.transferring");
  if (phone_lost) said.push(music && !held ? "heard.lost_music" : "heard.lost");
  return said;
}

function listeners(mode: MonitorMode, agent: boolean, customer: boolean): MessageKey {
  if (mode === "listen") return "heard.neither";
  if (mode === "barge" && customer) return agent ? "heard.both" : "heard.customer";
  return agent ? "heard.agent" : "heard.nobody";
}

/** Why the two of a call do not talk at the moment, as a state that has a name and a colour; null: they do. */
export function pauseOf({ held, transfer_to, phone_lost }: Joined): "reconnecting" | "transferring" | "hold" | null {
  if (phone_lost) return "reconnecting";
  if (!held) return null;
  return transfer_to === null ? "hold" : "transferring";
}
