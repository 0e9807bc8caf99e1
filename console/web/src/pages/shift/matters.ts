/** The matters that a shift hands over, and the period of a report. Pure. */
import type { Incident } from "../../live/events";

/** The order in which open matters are read at a hand-over. */
const KINDS = ["fire", "drill", "test", "silence", "maintenance", "fault", "supervisory"] as const;

export interface Matters {
  kind: Incident["kind"];
  incidents: Incident[];
}

/** All open incidents by kind, the oldest of each first: nothing is left out. */
export function mattersOf(open: Iterable<Incident>): Matters[] {
  const all = [...open].sort((a, b) => a.opened_at - b.opened_at);
  return KINDS.map((kind) => ({ kind, incidents: all.filter((each) => each.kind === kind) })).filter(
    (each) => each.incidents.length > 0,
  );
}

export interface Period {
  from: string;
  to: string;
}

/** The days of a *month* (`2026-11`): from its first, before the first of the next; null of what is no month. */
export function monthOf(month: string): Period | null {
  const found = /^(\d{4})-(0[1-9]|1[0-2])$/u.exec(month);
  if (found === null) return null;
  const next = new Date(Date.UTC(Number(found[1]), Number(found[2]), 1));
  return { from: `${month}-01`, to: next.toISOString().slice(0, 10) };
}
