/** How far this screen can be believed: a screen that hears nothing must never look calm. Pure. */
import type { Micros, Tick } from "./events";

/** Milliseconds without a tick, of which one comes each second, after which the screen is blind. */
export const TICK_LIMIT = 5_000;

/** Milliseconds that a feed may be behind before it is as good as lost. */
export const LAG_LIMIT = 5_000;

/** Milliseconds that two clocks may differ before times on the screen mislead. */
export const CLOCK_LIMIT = 2_000;

export type Cause =
  | "no_tick"
  | "feed_lost"
  | "feed_late"
  | "gap"
  | "broker_lost"
  | "ingest_lost"
  | "clock_off"
  | "clock_here";

export interface Fault {
  cause: Cause;
  /** Blind: the screen may lie about fires. Impaired: it shows them, but something else is missing. */
  degree: "blind" | "impaired";
  since: Micros;
}

/** A tick, and when it came: by a clock that nobody sets, and by the one that people read. */
export interface HeardTick {
  tick: Tick;
  arrived: { steady: number; wall: number };
  /** The first of the ticks without a break that showed a fault of which no tick says since when it is. */
  seen?: Partial<Record<Unsaid, Micros>>;
}

/** Faults of which a tick does not say since when they are. */
type Unsaid = "gap" | "clock_off" | "clock_here";

/** *tick* after *before*: a fault that goes on keeps the moment when it was first seen. */
export function heardNext(
  before: HeardTick | null,
  tick: Tick,
  arrived: HeardTick["arrived"],
): HeardTick {
  const seen: Partial<Record<Unsaid, Micros>> = {};
  for (const each of unsaidOf(tick, arrived)) seen[each] = before?.seen?.[each] ?? tick.at;
  return { tick, arrived, seen };
}

function unsaidOf(tick: Tick, arrived: HeardTick["arrived"]): Unsaid[] {
  const found: Unsaid[] = [];
  if (tick.gap > 0) found.push("gap");
  if (Math.abs(tick.clock_offset_ms ?? 0) > CLOCK_LIMIT) found.push("clock_off");
  if (Math.abs(arrived.wall - tick.at / 1_000) > CLOCK_LIMIT) found.push("clock_here");
  return found;
}

/** The moment by the clock of the center: its last tick, and what has passed since by a clock that nobody sets. */
export function centerNow(heard: HeardTick | null, wall: number, steady: number): Micros {
  if (heard === null) return wall * 1_000;
  return heard.tick.at + (steady - heard.arrived.steady) * 1_000;
}

/** The faults of sight at *steady* milliseconds, the worst first; none where all is well. */
export function faultsOf(heard: HeardTick | null, steady: number, since: Micros): Fault[] {
  if (heard === null) return steady > TICK_LIMIT ? [{ cause: "no_tick", degree: "blind", since }] : [];
  const { tick, arrived } = heard;
  const unsaid = unsaidOf(tick, arrived);
  const seen = (each: Unsaid, degree: Fault["degree"]): Fault | false =>
    unsaid.includes(each) && { cause: each, degree, since: heard.seen?.[each] ?? tick.at };
  const blind: (Fault | false)[] = [
    steady - arrived.steady > TICK_LIMIT && { cause: "no_tick", degree: "blind", since: tick.at },
    tick.upstream.state === "lost" && {
      cause: "feed_lost",
      degree: "blind",
      since: tick.upstream.since,
    },
    tick.upstream.lag_ms > LAG_LIMIT && {
      cause: "feed_late",
      degree: "blind",
      since: tick.at - tick.upstream.lag_ms * 1_000,
    },
    seen("gap", "blind"),
    tick.broker.state === "lost" && {
      cause: "broker_lost",
      degree: "blind",
      since: tick.broker.since,
    },
  ];
  const impaired: (Fault | false)[] = [
    tick.ingest.state === "lost" && {
      cause: "ingest_lost",
      degree: "impaired",
      since: tick.ingest.since,
    },
    seen("clock_off", "impaired"),
    seen("clock_here", "impaired"),
  ];
  return [...blind, ...impaired].filter((each) => each !== false);
}

/** Whether fires may be missing on the screen. */
export function isBlind(faults: readonly Fault[]): boolean {
  return faults.some((each) => each.degree === "blind");
}
