/**
 * The life of the browser's phone, as one table. An event that the table does not list changes nothing.
 *
 * One PeerConnection serves a whole shift: calls are bridged on the server, so a call never waits for ICE or for a permission.
 * The microphone comes first, because a page that captures may play sound without a click, also after a reload.
 */
export type PhoneState =
  | "off"
  | "elsewhere" // another tab of this browser has the phone
  | "asking" // for the microphone
  | "denied"
  | "no_microphone"
  | "insecure" // the page is not on HTTPS or localhost: browsers have no microphone there
  | "connecting"
  | "up"
  | "lost" // being resumed; the customer hears music
  | "failed"
  | "fenced"; // taken over by a newer session

export type PhoneEvent =
  | "started"
  | "led_elsewhere"
  | "microphone_given"
  | "microphone_denied"
  | "microphone_missing"
  | "page_insecure"
  | "connected"
  | "disconnected"
  | "given_up"
  | "fenced"
  | "ended";

type Row = Partial<Record<PhoneEvent, PhoneState>>;

const begin: Row = { started: "asking", led_elsewhere: "elsewhere", page_insecure: "insecure" };

export const TABLE: Record<PhoneState, Row> = {
  off: begin,
  elsewhere: { ...begin, ended: "off" },
  asking: {
    microphone_given: "connecting",
    microphone_denied: "denied",
    microphone_missing: "no_microphone",
    page_insecure: "insecure",
    led_elsewhere: "elsewhere",
    ended: "off",
  },
  denied: { ...begin, ended: "off" },
  no_microphone: { ...begin, ended: "off" },
  insecure: { ended: "off" },
  connecting: { connected: "up", given_up: "failed", fenced: "fenced", ended: "off" },
  up: { disconnected: "lost", fenced: "fenced", ended: "off" },
  lost: { connected: "up", given_up: "failed", fenced: "fenced", ended: "off" },
  failed: { ...begin, ended: "off" },
  fenced: { ...begin, ended: "off" },
};

export function phoneAfter(state: PhoneState, event: PhoneEvent): PhoneState {
  return TABLE[state][event] ?? state;
}
