import { expect, test } from "vitest";

import { aTurn } from "@/testing/fixtures";

import { conversationAfter, median, silent } from "./conversation";

const of = (...events: [string, object][]) => events.reduce((talk, [type, data]) => conversationAfter(talk, { type, data: data as Record<string, unknown> }), silent);

test("what is being said is grey until the turn comes", () => {
  const speaking = of(["partial", { text: "how mu" }]);
  expect(speaking.partial).toBe("how mu");
  expect(conversationAfter(speaking, { type: "turn", data: { ...aTurn(1, "customer", "how much is it") } })).toMatchObject({ partial: "" });
});

test("the robot speaking does not erase what the customer begins to say", () => {
  expect(of(["partial", { text: "wait" }], ["turn", aTurn(0, "robot", "Hello")]).partial).toBe("wait");
});

test("a turn told twice, as after a reconnect, stands once and in order", () => {
  const talk = of(["turn", aTurn(1, "customer", "yes")], ["turn", aTurn(0, "robot", "Hello")], ["turn", aTurn(1, "customer", "yes")]);
  expect(talk.turns.map((turn) => turn.text)).toEqual(["Hello", "yes"]);
});

test("a robot's turn begins, and is told again as it was heard", () => {
  const talk = of(["turn", aTurn(0, "robot", "Hello, this is Ada.")], ["turn", aTurn(0, "robot", "Hello,", { end_ms: 900 })]);
  expect(talk.turns).toEqual([aTurn(0, "robot", "Hello,", { end_ms: 900 })]);
});

test("decisions and answer times that are told live and fetched too stand once, in order", () => {
  const decision = (index: number) => ({ index, because: `rule ${index}`, actions: [] });
  const talk = of(["decision", decision(1)], ["decision", decision(0)], ["decision", decision(1)], ["latency", { index: 3, response_ms: 400 }], ["latency", { index: 3, response_ms: 400 }]);
  expect(talk.decisions.map(({ index }) => index)).toEqual([0, 1]);
  expect(talk.latencies).toEqual([{ index: 3, response_ms: 400 }]);
});

test("the median of no answers is unknown", () => {
  expect(median([])).toBeNull();
  expect(median([900, 300, 400])).toBe(400);
  expect(median([880])).toBe(880);
});

test("the median of two answers lies between them", () => {
  expect(median([1420, 880])).toBe(1150);
});
