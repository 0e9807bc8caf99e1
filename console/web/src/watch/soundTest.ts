/** When the person who is signed in said last that the tones can be heard; a new session asks again. */
import { useSyncExternalStore } from "react";

import type { Micros } from "../live/events";
import { useLive } from "../live/live";

const REMEMBERED = "tocsin.sound-tested";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const remembered = (): string | null => sessionStorage.getItem(REMEMBERED);

/** Notes that *account* heard every tone now. */
export function noteSoundTested(account: string): void {
  sessionStorage.setItem(REMEMBERED, JSON.stringify({ account, at: Date.now() * 1_000 }));
  for (const each of listeners) each();
}

/** The last test of this person in this session; null where the tones were not tested yet. */
export function useSoundTestedAt(): Micros | null {
  const who = useLive((live) => live.who);
  return testedAt(useSyncExternalStore(subscribe, remembered), who?.account, who?.session?.began_at);
}

/** Of *kept* what counts for *account* in a session that *began*. */
export function testedAt(
  kept: string | null,
  account: string | undefined,
  began: Micros | undefined,
): Micros | null {
  if (kept === null || account === undefined) return null;
  const { account: of, at } = JSON.parse(kept) as { account: string; at: Micros };
  return of === account && at >= (began ?? 0) ? at : null;
}
