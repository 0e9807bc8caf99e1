/** News that is no fire: faults and supervisory signals sound once, calmly, and never over a fire. Pure. */
import type { Incident } from "../live/events";

export type Trouble = Extract<Incident, { kind: "fault" | "supervisory" }>;
export type TroubleTone = "fault" | "supervisory";

const isTrouble = (each: Incident): each is Trouble =>
  each.kind === "fault" || each.kind === "supervisory";

/** The open faults and supervisory signals, by their ids. */
export function troublesOf(open: Iterable<Incident>): ReadonlyMap<string, Trouble> {
  const found = new Map<string, Trouble>();
  for (const each of open) if (isTrouble(each)) found.set(each.id, each);
  return found;
}

/** Those of *after* that were not known *before*; none where nothing was known yet: a page that opens is calm. */
export function newTroubles(
  before: ReadonlyMap<string, Trouble> | null,
  after: ReadonlyMap<string, Trouble>,
): Trouble[] {
  if (before === null) return [];
  return [...after.values()].filter((each) => !before.has(each.id));
}

/** The tone of *troubles*: a fault is worse, since it may hide a fire; none where there are none. */
export function toneOfTroubles(troubles: readonly Trouble[]): TroubleTone | null {
  if (troubles.length === 0) return null;
  return troubles.some((each) => each.kind === "fault") ? "fault" : "supervisory";
}
