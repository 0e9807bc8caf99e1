/** The moment, each second: one timer for all that counts on the screen. */
import { useSyncExternalStore } from "react";

export interface Now {
  /** Milliseconds since 1970, by the clock that people read. */
  wall: number;
  /** Milliseconds since the page was opened, by a clock that nobody sets. */
  steady: number;
}

let now: Now = { wall: Date.now(), steady: performance.now() };
const listeners = new Set<() => void>();
let timer: number | undefined;

function tick(): void {
  now = { wall: Date.now(), steady: performance.now() };
  for (const each of listeners) each();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
    }
  };
}

export function useNow(): Now {
  return useSyncExternalStore(subscribe, () => now);
}
