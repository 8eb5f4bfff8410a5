/**
 * Acting for life.ts: microphone, PeerConnection, loudspeaker. Used by agents and supervisors (one connection a shift) and by
 * "Talk to the robot" (one a talk); the two take different locks, so the customer's and the agent's tab of one browser
 * never fight for the phone.
 *
 * The server does not trickle: our offer goes out when gathering has ended. ICE that is disconnected for 2 s is resumed with a
 * new connection on the server's side of the same call (the server holds it for 30 s).
 */
import { Refused } from "@/api/client";

import { phoneAfter, type PhoneEvent, type PhoneState } from "./life";
import { goodQuality, qualityAfter, type Quality, type Sample } from "./quality";

/** What the agents' browsers ask for; the tests with a real browser use this very object. */
export const CONSTRAINTS: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

const GATHERED_WITHIN_MS = 1_500;
const DISCONNECTED_FOR_MS = 2_000;
const RESUME_WITHIN_MS = 30_000;
const RETRY_MS = 1_000;
const SAMPLE_MS = 1_000;

export interface Exchange {
  /** Begin; returns the answer and the name to resume by. */
  offer: (sdp: string) => Promise<{ sdp: string; phoneId: string }>;
  /** Take the place of a connection that broke; absent where nothing can be resumed. */
  resume?: (sdp: string, phoneId: string) => Promise<{ sdp: string; phoneId: string }>;
}

export interface PhoneView {
  state: PhoneState;
  /** Sound wants a click first: show "Click to hear". */
  blocked: boolean;
  muted: boolean;
  /** Own microphone, 0 to 1. */
  level: number;
  quality: Quality;
  microphone: string;
  /** Counts device changes that were survived; a toast names the new one. */
  switched: number;
}

export const phoneOff: PhoneView = { state: "off", blocked: false, muted: false, level: 0, quality: goodQuality, microphone: "", switched: 0 };

export class Softphone {
  #view: PhoneView = phoneOff;
  #listeners = new Set<() => void>();
  #peer: RTCPeerConnection | null = null;
  #microphone: MediaStreamTrack | null = null;
  #sender: RTCRtpSender | null = null;
  #speaker = new Audio();
  #phoneId: string | null = null;
  #release: (() => void) | null = null;
  #sampler: number | undefined;
  #disconnected: number | undefined;
  #before: { packets: number; lost: number; samples: number; concealed: number } | null = null;
  #spoken: { energy: number; duration: number } | null = null;
  /** Grows with each start and end: what an earlier life still awaits is void. */
  #life = 0;

  constructor(
    private readonly exchange: Exchange,
    private readonly lock: string,
    private readonly speaks = true,
  ) {
    this.#speaker.autoplay = true;
  }

  view = (): PhoneView => this.#view;

  listen = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  get phoneId(): string | null {
    return this.#phoneId;
  }

  /** Take the lead, the microphone and the line. With `phoneId`, resume where a reload or another tab left off. */
  async start(phoneId: string | null = null): Promise<void> {
    const life = ++this.#life;
    if (!window.isSecureContext || !("mediaDevices" in navigator)) { this.#apply("page_insecure"); return; }
    if (!(await this.#lead(life))) return;
    this.#apply("started");
    if (this.speaks && !(await this.#openMicrophone(life))) return;
    if (!this.speaks) this.#apply("microphone_given"); // a listener needs none
    try {
      await this.#connect(life, phoneId);
    } catch (problem) {
      if (life !== this.#life) return;
      this.#apply(isFence(problem) ? "fenced" : "given_up");
    }
  }

  /** Sound was blocked and the person clicked. */
  unblock(): void {
    void this.#play();
  }

  mute(muted: boolean): void {
    if (this.#microphone) this.#microphone.enabled = !muted;
    this.#set({ muted });
  }

  /** Send the microphone or nothing at all: whoever only listens has no track that could be heard. */
  async speak(on: boolean): Promise<void> {
    if (!on) {
      await this.#sender?.replaceTrack(null);
      this.#microphone?.stop();
      this.#microphone = null;
      this.#set({ level: 0, microphone: "" });
      return;
    }
    if (!this.#microphone) await this.#capture();
    await this.#sender?.replaceTrack(this.#microphone);
  }

  /** A newer session has the phone: nothing is sent or heard here any more, until it is taken back. */
  fence(): void {
    if (!["connecting", "up", "lost"].includes(this.#view.state)) return;
    this.#life++;
    this.#close();
    this.#microphone?.stop();
    this.#microphone = null;
    this.#apply("fenced");
    this.#set({ level: 0 });
  }

  end(): void {
    this.#life++;
    this.#close();
    this.#microphone?.stop();
    this.#microphone = null;
    navigator.mediaDevices?.removeEventListener("devicechange", this.#devicesChanged); // eslint-disable-line @typescript-eslint/no-unnecessary-condition -- absent off HTTPS
    this.#release?.();
    this.#release = null;
    this.#phoneId = null;
    this.#apply("ended");
    this.#set({ ...phoneOff });
  }

  /** One tab of a browser has the phone. Resolves true once this is it; until then the view says `elsewhere`. */
  #lead(life: number): Promise<boolean> {
    if (this.#release) return Promise.resolve(true);
    return new Promise((resolve) => {
      const held = () => {
        if (life !== this.#life) {
          resolve(false);
          return Promise.resolve();
        }
        resolve(true);
        return new Promise<void>((release) => (this.#release = release));
      };
      void navigator.locks.request(this.lock, { ifAvailable: true }, (lock) => {
        if (lock) return held();
        this.#apply("led_elsewhere");
        void navigator.locks.request(this.lock, held);
        return undefined;
      });
    });
  }

  async #openMicrophone(life: number): Promise<boolean> {
    try {
      await this.#capture();
    } catch (problem) {
      if (life !== this.#life) return false;
      const missing = problem instanceof DOMException && ["NotFoundError", "OverconstrainedError"].includes(problem.name);
      this.#apply(missing ? "microphone_missing" : "microphone_denied");
      return false;
    }
    if (life !== this.#life) return false;
    navigator.mediaDevices.addEventListener("devicechange", this.#devicesChanged);
    this.#apply("microphone_given");
    return true;
  }

  async #capture(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS });
    const [track] = stream.getAudioTracks();
    if (!track) throw new DOMException("no audio track", "NotFoundError");
    track.enabled = !this.#view.muted;
    track.addEventListener("ended", this.#devicesChanged);
    this.#microphone = track;
    this.#set({ microphone: track.label });
  }

  readonly #devicesChanged = (): void => {
    if (this.#microphone?.readyState === "live") return;
    void this.#capture()
      .then(() => this.#sender?.replaceTrack(this.#microphone))
      .then(() => this.#set({ switched: this.#view.switched + 1 }))
      .catch(() => this.#set({ level: 0, microphone: "" }));
  };

  async #connect(life: number, resuming: string | null): Promise<void> {
    this.#close();
    const peer = new RTCPeerConnection({ iceServers: [] });
    this.#peer = peer;
    const transceiver = peer.addTransceiver(this.#microphone ?? "audio", { direction: "sendrecv" });
    this.#sender = transceiver.sender;
    prefer(transceiver, ["audio/PCMA", "audio/telephone-event"]);
    peer.ontrack = (event) => {
      this.#speaker.srcObject = new MediaStream([event.track]);
      void this.#play();
    };
    peer.onconnectionstatechange = () => this.#connectionChanged(life, peer);
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const sdp = peer.localDescription?.sdp ?? "";
    const answer = resuming && this.exchange.resume ? await this.exchange.resume(sdp, resuming) : await this.exchange.offer(sdp);
    if (life !== this.#life) { peer.close(); return; }
    this.#phoneId = answer.phoneId;
    await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    this.#sampler = window.setInterval(() => void this.#sample(peer), SAMPLE_MS);
  }

  #connectionChanged(life: number, peer: RTCPeerConnection): void {
    if (life !== this.#life || peer !== this.#peer) return;
    window.clearTimeout(this.#disconnected);
    switch (peer.connectionState) {
      case "connected":
        this.#before = null; // what came before is of another connection, or of none yet
        this.#set({ quality: goodQuality });
        this.#apply("connected");
        break;
      case "disconnected":
        this.#disconnected = window.setTimeout(() => void this.#resume(life), DISCONNECTED_FOR_MS);
        break;
      case "failed":
        void this.#resume(life);
        break;
      case "new":
      case "connecting":
      case "closed":
        break;
    }
  }

  async #resume(life: number): Promise<void> {
    const phoneId = this.#phoneId;
    if (!phoneId || !this.exchange.resume) { this.#apply("given_up"); return; }
    this.#apply("disconnected");
    const until = Date.now() + RESUME_WITHIN_MS;
    while (life === this.#life && Date.now() < until) {
      try {
        await this.#connect(life, phoneId); return;
      } catch (problem) {
        if (isFence(problem)) { this.#apply("fenced"); return; }
        if (problem instanceof Refused && problem.status >= 400 && problem.status < 500) break;
        await new Promise((resolve) => window.setTimeout(resolve, RETRY_MS));
      }
    }
    if (life === this.#life) this.#apply("given_up");
  }

  async #play(): Promise<void> {
    try {
      await this.#speaker.play();
      this.#set({ blocked: false });
    } catch (problem) {
      if (problem instanceof DOMException && problem.name === "NotAllowedError") this.#set({ blocked: true });
    }
  }

  async #sample(peer: RTCPeerConnection): Promise<void> {
    const report = await peer.getStats();
    if (peer !== this.#peer) return;
    const sample: Sample = { packets: null, lossPercent: 0, jitterMs: 0, roundTripMs: null, concealedPercent: 0, level: 0, muted: this.#view.muted };
    report.forEach((stats: RTCStats & Record<string, unknown>) => {
      const number = (name: string): number => (typeof stats[name] === "number" ? stats[name] : 0);
      if (stats.type === "inbound-rtp") {
        const now = {
          packets: number("packetsReceived"),
          lost: number("packetsLost"),
          samples: number("totalSamplesReceived"),
          concealed: number("concealedSamples"),
        };
        const before = this.#before ?? now;
        const [packets, lost] = [now.packets - before.packets, Math.max(0, now.lost - before.lost)];
        const samples = now.samples - before.samples;
        sample.packets = this.#before ? packets : null;
        sample.lossPercent = packets + lost ? (100 * lost) / (packets + lost) : 0;
        sample.concealedPercent = samples ? (100 * (now.concealed - before.concealed)) / samples : 0;
        sample.jitterMs = number("jitter") * 1000;
        this.#before = now;
      } else if (stats.type === "candidate-pair" && stats.nominated === true) {
        sample.roundTripMs = number("currentRoundTripTime") * 1000;
      } else if (stats.type === "media-source") {
        const spoken = { energy: number("totalAudioEnergy"), duration: number("totalSamplesDuration") };
        const before = this.#spoken ?? spoken;
        const seconds = spoken.duration - before.duration;
        const rms = seconds > 0 ? Math.sqrt(Math.max(0, spoken.energy - before.energy) / seconds) : 0;
        sample.level = Math.max(number("audioLevel"), rms); // the first is of this moment: words of between two samples are in the second
        this.#spoken = spoken;
      }
    });
    this.#set({ level: sample.level, quality: qualityAfter(this.#view.quality, this.#microphone ? sample : { ...sample, muted: true }) });
  }

  #close(): void {
    window.clearInterval(this.#sampler);
    window.clearTimeout(this.#disconnected);
    this.#before = this.#spoken = null;
    const peer = this.#peer;
    this.#peer = null;
    this.#sender = null;
    if (!peer) return;
    peer.onconnectionstatechange = peer.ontrack = null;
    peer.close();
  }

  #apply(event: PhoneEvent): void {
    this.#set({ state: phoneAfter(this.#view.state, event) });
  }

  #set(change: Partial<PhoneView>): void {
    this.#view = { ...this.#view, ...change };
    for (const one of this.#listeners) one();
  }
}

/** A-law first: what telephone lines speak, so nothing is coded twice; the browser's other codecs stay as a last resort. */
function prefer(transceiver: RTCRtpTransceiver, wanted: readonly string[]): void {
  const codecs = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  const rank = (codec: { mimeType: string }): number => {
    const place = wanted.indexOf(codec.mimeType);
    return place < 0 ? wanted.length : place;
  };
  transceiver.setCodecPreferences(codecs.toSorted((one, other) => rank(one) - rank(other)));
}

function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      window.clearTimeout(timer);
      peer.removeEventListener("icegatheringstatechange", look);
      resolve();
    };
    const look = (): void => {
      if (peer.iceGatheringState === "complete") done();
    };
    const timer = window.setTimeout(done, GATHERED_WITHIN_MS);
    peer.addEventListener("icegatheringstatechange", look);
    look();
  });
}

function isFence(problem: unknown): boolean {
  return problem instanceof Refused && problem.problem.code.endsWith("desk_session_fenced");
}
