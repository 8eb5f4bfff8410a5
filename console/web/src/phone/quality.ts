/**
 * What is wrong with the sound, in words a person can act on. Pure: a sample a second in, the complaints to show out.
 *
 * A complaint appears after 3 bad seconds and goes after 5 good ones, so that nothing flickers; but a microphone that was
 * heard once is not dead, however silent its noise gate is between words. Thresholds: UI.md, after ITU-T G.107's range where
 * people notice (loss 3 %, jitter 30 ms, round trip 400 ms).
 */
export type Complaint = "no_packets" | "loss" | "jitter" | "delay" | "concealed" | "silent_microphone" | "muted_speaking";

export interface Sample {
  /** Packets that came in this second; null when nothing is expected. */
  packets: number | null;
  lossPercent: number;
  jitterMs: number;
  roundTripMs: number | null;
  concealedPercent: number;
  /** Own microphone, 0 to 1: the loudest of what is known of this second. */
  level: number;
  muted: boolean;
}

const BAD_AFTER = 3;
const GOOD_AFTER = 5;
const GOOD_AT_ONCE: readonly Complaint[] = ["silent_microphone"];
/** Below this a microphone is not quiet but dead: digital silence, or a switch on the headset. */
const DEAD_LEVEL = 0.0005;
const SPEAKING_LEVEL = 0.06;

const TESTS: Record<Complaint, (sample: Sample) => boolean> = {
  no_packets: (s) => s.packets === 0,
  loss: (s) => s.lossPercent > 3,
  jitter: (s) => s.jitterMs > 30,
  delay: (s) => (s.roundTripMs ?? 0) > 400,
  concealed: (s) => s.concealedPercent > 5,
  silent_microphone: (s) => !s.muted && s.level < DEAD_LEVEL,
  muted_speaking: (s) => s.muted && s.level > SPEAKING_LEVEL,
};
/** Sooner than the others: nothing comes at all, or words are being lost right now. */
const SOON: Partial<Record<Complaint, number>> = { no_packets: 2, muted_speaking: 1, silent_microphone: 8 };

export interface Quality {
  shown: readonly Complaint[];
  /** Seconds in a row that contradict what is shown. */
  run: Partial<Record<Complaint, number>>;
}

export const goodQuality: Quality = { shown: [], run: {} };

export function qualityAfter(quality: Quality, sample: Sample): Quality {
  const run: Quality["run"] = {};
  const shown = (Object.keys(TESTS) as Complaint[]).filter((complaint) => {
    const isShown = quality.shown.includes(complaint);
    if (TESTS[complaint](sample) === isShown) return isShown;
    const seconds = (quality.run[complaint] ?? 0) + 1;
    const enough = !isShown ? (SOON[complaint] ?? BAD_AFTER) : GOOD_AT_ONCE.includes(complaint) ? 1 : GOOD_AFTER;
    if (seconds >= enough) return !isShown;
    run[complaint] = seconds;
    return isShown;
  });
  return { shown, run };
}
