import { expect, test } from "vitest";

import type { LiveCall, MonitorMode } from "@/api/types";
import { en } from "@/i18n/en";

import { pauseOf, whoHears, type Joined } from "./heard";

const talking: Joined = { held: false, transfer_to: null, phone_lost: false };
const CASES: Record<string, Joined> = {
  talking,
  held: { ...talking, held: true },
  "put through": { ...talking, held: true, transfer_to: "bea" },
  lost: { ...talking, phone_lost: true },
  "held, lost": { ...talking, held: true, phone_lost: true },
};
const hold = "The customer is on hold and hears music.";
const transferring = "The customer is being put through and hears music.";
const lost = "The agent's phone is lost.";
const lostMusic = "The agent's phone is lost; the customer hears music.";

// As tests/calls/test_who_hears_whom.py has it of the sound itself.
test.each<[MonitorMode, keyof typeof CASES, string]>([
  ["listen", "talking", "Neither hears you."],
  ["listen", "held", `Neither hears you. ${hold}`],
  ["listen", "put through", `Neither hears you. ${transferring}`],
  ["listen", "lost", `Neither hears you. ${lostMusic}`],
  ["listen", "held, lost", `Neither hears you. ${hold} ${lost}`],
  ["whisper", "talking", "Only the agent hears you."],
  ["whisper", "held", `Only the agent hears you. ${hold}`],
  ["whisper", "put through", `Only the agent hears you. ${transferring}`],
  ["whisper", "lost", `Nobody hears you. ${lostMusic}`],
  ["whisper", "held, lost", `Nobody hears you. ${hold} ${lost}`],
  ["barge", "talking", "Both hear you."],
  ["barge", "held", `Only the agent hears you. ${hold}`],
  ["barge", "put through", `Only the agent hears you. ${transferring}`],
  ["barge", "lost", `Only the customer hears you. ${lost}`],
  ["barge", "held, lost", `Nobody hears you. ${hold} ${lost}`],
])("who is in a call to %s is told the truth while it is %s", (mode, how, said) => {
  expect(
    whoHears(mode, CASES[how] as LiveCall)
      .map((key) => en[key])
      .join(" "),
  ).toBe(said);
});

test("a call whose people do not talk at the moment says why", () => {
  expect(Object.values(CASES).map(pauseOf)).toEqual([null, "hold", "transferring", "reconnecting", "reconnecting"]);
});
