/** The incidents of a shift. Pure. */
import type { Incident } from "../../live/events";
import { isTraining } from "../../training/training";

/** The fires that were opened in the shift, closed in it, or are open still, without trainings; the oldest first. */
export function firesSince(incidents: readonly Incident[], since: number): Incident[] {
  return incidents
    .filter((each) => each.kind === "fire" && !isTraining(each))
    .filter((each) => each.opened_at >= since || (each.closed_at ?? since) >= since)
    .sort((one, other) => one.opened_at - other.opened_at);
}

/** How many incidents of each other kind were opened in the shift, by kind. */
export function othersSince(
  incidents: readonly Incident[],
  since: number,
): [Incident["kind"], number][] {
  const counts = new Map<Incident["kind"], number>();
  for (const { kind, opened_at } of incidents)
    if (kind !== "fire" && opened_at >= since) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts];
}

/** Microseconds that are shown where no hand-over was ever signed. */
const LONGEST = 24 * 3_600_000_000;

interface Signed {
  received: { at: number } | null;
}

export interface ShiftBegin {
  at: number;
  /** Whether two people signed it; else it is a day before now. */
  signed: boolean;
}

/** Since when the shift goes on: since the last hand-over that both signed, however long ago that is. */
export function shiftBegin(handOvers: readonly Signed[], now: number): ShiftBegin {
  const last = handOvers.find((each) => each.received !== null)?.received;
  return last == null ? { at: now - LONGEST, signed: false } : { at: last.at, signed: true };
}
