import { describe, expect, test } from "vitest";

import { phoneAfter, type PhoneEvent, type PhoneState } from "./life";
import { goodQuality, qualityAfter, type Quality, type Sample } from "./quality";

const life = (...events: PhoneEvent[]): PhoneState => events.reduce<PhoneState>(phoneAfter, "off");

describe("the phone's life", () => {
  test("a shift: microphone, connection, calls", () => {
    expect(life("started", "microphone_given", "connected")).toBe("up");
  });

  test("a lost connection comes back, or is given up", () => {
    expect(life("started", "microphone_given", "connected", "disconnected")).toBe("lost");
    expect(life("started", "microphone_given", "connected", "disconnected", "connected")).toBe("up");
    expect(life("started", "microphone_given", "connected", "disconnected", "given_up")).toBe("failed");
  });

  test("a denied microphone can be tried again", () => {
    expect(life("started", "microphone_denied")).toBe("denied");
    expect(life("started", "microphone_denied", "started", "microphone_given")).toBe("connecting");
  });

  test("a late answer does not revive a fenced phone", () => {
    expect(life("started", "microphone_given", "connected", "fenced", "connected")).toBe("fenced");
  });

  test("the tab that waited takes over when the leading one closes", () => {
    expect(life("led_elsewhere", "started", "microphone_given", "connected")).toBe("up");
  });
});

describe("quality in words", () => {
  const good: Sample = { packets: 50, lossPercent: 0, jitterMs: 4, roundTripMs: 20, concealedPercent: 0, level: 0.02, muted: false };
  const seconds = (n: number, sample: Partial<Sample>, from: Quality = goodQuality) =>
    Array.from({ length: n }).reduce<Quality>((quality) => qualityAfter(quality, { ...good, ...sample }), from);

  test("two bad seconds are nothing, three are said", () => {
    expect(seconds(2, { lossPercent: 9 }).shown).toEqual([]);
    expect(seconds(3, { lossPercent: 9 }).shown).toEqual(["loss"]);
  });

  test("a good second between bad ones begins the count anew", () => {
    expect(seconds(2, { jitterMs: 80 }, seconds(1, {}, seconds(2, { jitterMs: 80 }))).shown).toEqual([]);
  });

  test("it is taken back after five good seconds, not before", () => {
    const bad = seconds(3, { lossPercent: 9 });
    expect(seconds(4, {}, bad).shown).toEqual(["loss"]);
    expect(seconds(5, {}, bad).shown).toEqual([]);
  });

  test("who speaks while muted is told at once", () => {
    expect(seconds(1, { muted: true, level: 0.2 }).shown).toEqual(["muted_speaking"]);
  });

  test("two seconds without a packet are said", () => {
    expect(seconds(2, { packets: 0 }).shown).toEqual(["no_packets"]);
  });

  test("a microphone that is heard once is not dead: a noise gate closes between words", () => {
    const dead = seconds(8, { level: 0 });
    expect(dead.shown).toEqual(["silent_microphone"]);
    const heard = seconds(1, { level: 0.02 }, dead);
    expect(heard.shown).toEqual([]);
    expect(seconds(7, { level: 0 }, heard).shown).toEqual([]);
  });

  test("a muted microphone is not called dead", () => {
    expect(seconds(20, { muted: true, level: 0 }).shown).toEqual([]);
    expect(seconds(8, { level: 0 }).shown).toEqual(["silent_microphone"]);
  });
});
