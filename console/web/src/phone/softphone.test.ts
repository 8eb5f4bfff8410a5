import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Refused } from "@/api/client";

import { Softphone } from "./softphone";

/** A connection that tells what a test says. */
class Peer extends EventTarget {
  static latest: Peer;
  static packets = 0;
  connectionState = "new";
  iceGatheringState = "complete";
  localDescription = { sdp: "ours" };
  onconnectionstatechange: (() => void) | null = null;
  constructor() {
    super();
    Peer.latest = this;
  }
  addTransceiver = () => ({ sender: { replaceTrack: () => Promise.resolve() }, setCodecPreferences: () => undefined });
  createOffer = () => Promise.resolve({});
  setLocalDescription = () => Promise.resolve();
  setRemoteDescription = () => Promise.resolve();
  close = () => undefined;
  getStats = () => Promise.resolve(new Map([["in", { type: "inbound-rtp", packetsReceived: Peer.packets }]]));
  becomes(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("RTCPeerConnection", Peer);
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities: () => ({ codecs: [] }) });
  vi.stubGlobal("isSecureContext", true);
  const locks = { request: (_: string, options: unknown, run?: (lock: object) => unknown) => Promise.resolve((run ?? (options as () => unknown))({})) };
  vi.stubGlobal("navigator", { mediaDevices: { removeEventListener: () => undefined }, locks });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what was wrong with the connection before is not told of the next one", async () => {
  const refused = new Refused(404, { code: "handoff.no_such_phone", message: "", remedy: "", case: "", params: {}, request_id: "r" });
  const exchange = { offer: () => Promise.resolve({ sdp: "theirs", phoneId: "p1" }), resume: () => Promise.reject(refused) };
  const phone = new Softphone(exchange, "place", false);
  const begin = async (): Promise<void> => {
    await phone.start();
    await vi.advanceTimersByTimeAsync(4_000); // it takes its time
    Peer.latest.becomes("connected");
  };
  await begin();
  expect(phone.view()).toMatchObject({ state: "up", quality: { shown: [] } });
  await vi.advanceTimersByTimeAsync(4_000);
  expect(phone.view().quality.shown).toContain("no_packets"); // the platform is killed
  Peer.latest.becomes("failed");
  await vi.advanceTimersByTimeAsync(0);
  expect(phone.view().state).toBe("failed");
  await begin();
  expect(phone.view()).toMatchObject({ state: "up", quality: { shown: [] } });
});
