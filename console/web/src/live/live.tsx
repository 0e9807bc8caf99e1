/** What came by /live, for the pages. */
import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";

import { useNow } from "../time/now";
import { Connection } from "./connection";
import type { Micros } from "./events";
import { centerNow, faultsOf, type Fault } from "./sight";
import { LiveStore, type Live } from "./store";

const LiveContext = createContext<LiveStore | null>(null);

/** Opens the stream, and keeps it open while whoever signed in is there. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => new LiveStore());
  const signedOut = useSyncExternalStore(store.subscribe, () => store.current().signedOut);
  useEffect(() => {
    if (signedOut) return;
    const connection = new Connection(store);
    return () => connection.close();
  }, [store, signedOut]);
  return <LiveContext value={store}>{children}</LiveContext>;
}

export function useLiveStore(): LiveStore {
  const store = use(LiveContext);
  if (store === null) throw new Error("useLive stands outside of LiveProvider");
  return store;
}

/** The part of all that came which *pick* names; the page is drawn again where that part changes. */
export function useLive<T>(pick: (live: Live) => T): T {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => pick(store.current()));
}

/** The moment by the clock of the center, in microseconds: that of this machine may be wrong, or be set. */
export function useCenterNow(): Micros {
  const heard = useLive((live) => live.heard);
  const { wall, steady } = useNow();
  return centerNow(heard, wall, steady);
}

/** The faults of sight of this screen, judged again each second. */
export function useSightFaults(): Fault[] {
  const heard = useLive((live) => live.heard);
  const now = useNow();
  const [opened] = useState(() => Date.now() * 1_000);
  return faultsOf(heard, now.steady, opened);
}
