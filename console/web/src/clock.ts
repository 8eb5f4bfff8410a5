/** A second's tick for everything on screen that counts, and the words for durations. */
import { useSyncExternalStore } from "react";

let now = Date.now();
const listeners = new Set<() => void>();
let timer: number | undefined;

function listen(changed: () => void): () => void {
  listeners.add(changed);
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, 1_000);
  return () => {
    listeners.delete(changed);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, once a second, in ms. All that show it change in one frame. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => now);
}

/** `4:07`, `1:02:09`; never negative. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const tail = `${hours ? String(minutes).padStart(2, "0") : minutes}:${String(seconds).padStart(2, "0")}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** `14:32:10` in the reader's zone; a dash for nothing. */
export function clockTime(at: string | number | null): string {
  if (at === null || at === "") return "–";
  return new Date(at).toLocaleTimeString("en-GB", { hour12: false });
}

export function dateTime(at: string, lang: string): string {
  return new Date(at).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
}
