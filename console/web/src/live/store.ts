/** All that came by /live, as one value that changes at once: the pages read it, and nothing else writes it. */
import type { Entry, Hello, Incident, Rows, WhoAsks } from "./events";
import type { HeardTick } from "./sight";

/** Entries that are kept for pages that show what just happened. */
export const KEPT_ENTRIES = 500;

export interface Live {
  who: WhoAsks | null;
  heard: HeardTick | null;
  /** Open incidents of all kinds, by id. */
  open: ReadonlyMap<string, Incident>;
  entries: readonly Entry[];
  /** Whether the session ended: sign in again. */
  signedOut: boolean;
}

export const NOTHING: Live = { who: null, heard: null, open: new Map(), entries: [], signedOut: false };

export const withHello = (live: Live, hello: Hello): Live => ({
  ...live,
  who: hello.who,
  signedOut: false,
});

export const withEntries = (live: Live, entries: readonly Entry[]): Live => ({
  ...live,
  entries: [...live.entries, ...entries].slice(-KEPT_ENTRIES),
});

/** *live* with the incidents of *rows*: the same ones replaced, those that are gone left out. */
export function withRows(live: Live, rows: Rows): Live {
  const open = new Map(rows.reset ? [] : live.open);
  for (const id of rows.gone) open.delete(id);
  for (const row of rows.rows) open.set(row.id, row);
  return { ...live, open };
}

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
