/** All that came by /live, as one value that changes at once: the pages read it, and nothing else writes it. */
import type { Entry, Hello, Incident, Rows, Tick, WhoAsks } from "./events";
import { heardNext, type HeardTick } from "./sight";

/** Entries that are kept for pages that show what just happened. */
export const KEPT_ENTRIES = 500;

export interface Live {
  who: WhoAsks | null;
  heard: HeardTick | null;
  /** Open incidents of all kinds, by id. */
  open: ReadonlyMap<string, Incident>;
  entries: readonly Entry[];
  /** How often all rows came anew: what was asked before may belong to what is no more. */
  resets: number;
  /** Whether the session ended: sign in again. */
  signedOut: boolean;
}

export const NOTHING: Live = {
  who: null,
  heard: null,
  open: new Map(),
  entries: [],
  resets: 0,
  signedOut: false,
};

export const withHello = (live: Live, hello: Hello): Live => ({
  ...live,
  who: hello.who,
  signedOut: false,
});

export const withEntries = (live: Live, entries: readonly Entry[]): Live => ({
  ...live,
  entries: [...live.entries, ...entries].slice(-KEPT_ENTRIES),
});

/**
 * *live* with the incidents of *rows*: the same ones replaced, those that are gone left out. A reset leaves nothing of
 * before: rights may be narrower now, and a restored center counts its entries anew.
 */
export function withRows(live: Live, rows: Rows): Live {
  const open = new Map(rows.reset ? [] : live.open);
  for (const id of rows.gone) open.delete(id);
  for (const row of rows.rows) open.set(row.id, row);
  const afresh = { entries: [], resets: live.resets + 1 };
  return { ...live, ...(rows.reset ? afresh : {}), open };
}

/** *live* with a *tick* that *arrived* now. */
export const withTick = (live: Live, tick: Tick, arrived: HeardTick["arrived"]): Live => ({
  ...live,
  heard: heardNext(live.heard, tick, arrived),
});

type Listener = () => void;

/** Holds the value, and tells whoever listens that there is a new one. */
export class LiveStore {
  private live = NOTHING;
  private readonly listeners = new Set<Listener>();

  readonly current = (): Live => this.live;

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  change(next: (live: Live) => Live): void {
    this.live = next(this.live);
    for (const each of this.listeners) each();
  }
}
