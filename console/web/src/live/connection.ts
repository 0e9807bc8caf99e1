/** The stream of the console to this screen: opened, listened to, and opened again for as long as the page is there. */
import { giveUpReading } from "../api/client";
import type { Events, Tick } from "./events";
import { withEntries, withHello, withRows, withTick, type LiveStore } from "./store";

/** Milliseconds before a broken stream is opened again. */
const AGAIN = 1_000;

/** Milliseconds of silence after which a stream is taken for dead though no error came: ticks come each second. */
const DEAD = 5_000;

export class Connection {
  private source: EventSource | null = null;
  private again: number | undefined;
  private heardAt = 0;
  /** When the watch looked last, by the clock that goes on while a machine sleeps. */
  private watchedAt = Date.now();
  private readonly watch: number;

  constructor(private readonly store: LiveStore) {
    this.open();
    this.watch = window.setInterval(this.reopenIfDead, AGAIN);
  }

  close(): void {
    window.clearInterval(this.watch);
    window.clearTimeout(this.again);
    this.source?.close();
  }

  private open(): void {
    this.heardAt = performance.now();
    const source = new EventSource("/live");
    this.source = source;
    on(source, "hello", (hello) => this.store.change((live) => withHello(live, hello)));
    on(source, "rows", (rows) => this.store.change((live) => withRows(live, rows)));
    on(source, "entries", ({ entries }) => this.store.change((live) => withEntries(live, entries)));
    on(source, "tick", (tick) => this.ticked(tick));
    source.onerror = () => void this.failed();
  }

  private ticked(tick: Tick): void {
    this.heardAt = performance.now();
    const arrived = { steady: this.heardAt, wall: Date.now() };
    this.store.change((live) => withTick(live, tick, arrived));
  }

  private readonly reopenIfDead = () => {
    const slept = Math.abs(Date.now() - this.watchedAt) > DEAD;
    this.watchedAt = Date.now();
    if (this.source === null || (!slept && performance.now() - this.heardAt <= DEAD)) return;
    giveUpReading();
    this.reopen();
  };

  /** An error does not say why: the center does, where it is asked who this is. */
  private async failed(): Promise<void> {
    this.source?.close();
    this.source = null;
    const signal = AbortSignal.timeout(DEAD);
    const response = await fetch("/api/v1/session", { signal }).catch(() => null);
    if (response?.status === 401) this.store.change((live) => ({ ...live, signedOut: true }));
    else this.again = window.setTimeout(() => this.reopen(), AGAIN);
  }

  private reopen(): void {
    this.source?.close();
    this.open();
  }
}

function on<Name extends keyof Events>(
  source: EventSource,
  name: Name,
  act: (data: Events[Name]) => void,
): void {
  source.addEventListener(name, (event: MessageEvent<string>) =>
    act(JSON.parse(event.data) as Events[Name]),
  );
}
