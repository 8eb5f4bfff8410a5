import { describe, expect, test } from "vitest";

import { backoffMs, closed, heard, nothingYet, OFFLINE_MS, passed, STALE_MS, subscription, type LinkState, type LiveEvent } from "./link";

const event = (seq: number, epoch = "e1"): LiveEvent => ({ epoch, seq, topic: "calls", type: "turn", at: "", data: {} });
const at = (seq: number, epoch = "e1"): LinkState => ({ link: "live", epoch, seq, heardAt: 0, attempt: 0 });
const effects = (step: { effects: { do: string }[] }) => step.effects.map((effect) => effect.do);

describe("events in order", () => {
  test("the next event is delivered and counted", () => {
    const step = heard(at(4), event(5), 10);
    expect(effects(step)).toEqual(["deliver"]);
    expect(step.state.seq).toBe(5);
  });

  test("an event that was replayed twice is delivered once", () => {
    expect(effects(heard(at(5), event(5), 10))).toEqual([]);
    expect(heard(at(5), event(3), 10).state.seq).toBe(5);
  });

  test("a hole makes the page fetch everything anew", () => {
    expect(effects(heard(at(4), event(6), 10))).toEqual(["deliver", "refetch"]);
  });

  test("another epoch is another process: fetch anew", () => {
    const step = heard(at(400), event(1, "e2"), 10);
    expect(effects(step)).toEqual(["deliver", "refetch"]);
    expect(step.state).toMatchObject({ epoch: "e2", seq: 1 });
  });
});

describe("coming back", () => {
  test("we say what we have seen", () => {
    expect(subscription(at(7), ["calls"])).toEqual({ type: "subscribe", topics: ["calls"], epoch: "e1", last_seq: 7 });
  });

  test("a hello of the same epoch keeps our number, so that the replay that follows has no hole", () => {
    const greeted = heard(at(4), { type: "hello", epoch: "e1", seq: 9 }, 10);
    expect(effects(greeted)).toEqual([]);
    expect(effects(heard(greeted.state, event(5), 11))).toEqual(["deliver"]);
  });

  test("a hello of a new process fetches anew", () => {
    expect(effects(heard(at(4), { type: "hello", epoch: "e2", seq: 0 }, 10))).toEqual(["refetch"]);
  });

  test("the first hello ever asks for nothing", () => {
    const step = heard(nothingYet, { type: "hello", epoch: "e1", seq: 3 }, 10);
    expect(effects(step)).toEqual([]);
    expect(step.state).toMatchObject({ link: "live", epoch: "e1", seq: 3 });
  });

  test("a reset fetches anew", () => {
    expect(effects(heard(at(4), { type: "reset", epoch: "e1", seq: 900 }, 10))).toEqual(["refetch"]);
  });

  test("each failure waits longer, up to eight seconds, and never in step with the others", () => {
    expect([0, 1, 2, 5, 9].map((attempt) => backoffMs(attempt, 1))).toEqual([250, 500, 1000, 8000, 8000]);
    expect(backoffMs(5, 0)).toBe(4000);
    expect(closed(at(4), 1).state.attempt).toBe(1);
  });
});

describe("silence", () => {
  test("a ping is answered", () => {
    expect(effects(heard(at(4), { type: "ping" }, 10))).toEqual(["pong"]);
  });

  test("twelve seconds make the page stale, twenty close the socket, a word makes it live again", () => {
    expect(passed(at(4), STALE_MS - 1).state.link).toBe("live");
    const stale = passed(at(4), STALE_MS).state;
    expect(stale.link).toBe("stale");
    const offline = passed(stale, OFFLINE_MS);
    expect(offline.state.link).toBe("offline");
    expect(effects(offline)).toEqual(["close"]);
    expect(heard(offline.state, { type: "ping" }, 30_000).state.link).toBe("live");
  });

  test("a closed socket is stale by time, not at once", () => {
    const cut = closed(at(4), 0).state;
    expect(cut.link).toBe("live");
    expect(passed(cut, STALE_MS).state.link).toBe("stale");
  });
});
