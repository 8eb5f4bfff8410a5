/** A soft two-tone ring, made here: no file to load, and silent where the browser allows no sound yet. */
const EVERY_MS = 2_000;

export function ring(): () => void {
  const Context = (window as Partial<Window & typeof globalThis>).AudioContext;
  if (!Context) return () => undefined;
  const sound = new Context();
  const once = (): void => {
    for (const [hz, after] of [
      [660, 0],
      [880, 0.18],
    ] as const) {
      const tone = sound.createOscillator();
      const volume = sound.createGain();
      const at = sound.currentTime + after;
      tone.frequency.value = hz;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.08, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.4);
      tone.connect(volume).connect(sound.destination);
      tone.start(at);
      tone.stop(at + 0.42);
    }
  };
  once();
  const timer = window.setInterval(once, EVERY_MS);
  return () => {
    window.clearInterval(timer);
    void sound.close();
  };
}
