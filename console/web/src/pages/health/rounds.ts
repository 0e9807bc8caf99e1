/** Rounds of trial alarms, as they are written. Pure. */
import type { Schemas } from "../../api/client";

/** Intervals after which a round that did not come through is missing, as at the center. */
const MISSED = 3;

/** *seconds* in milliseconds below a tenth of a second, else in seconds: "12 ms", "0.31 s". */
export const shortTime = (seconds: number): string =>
  seconds < 0.1 ? `${Math.round(seconds * 1_000)} ms` : `${seconds.toFixed(2)} s`;

/** Whether no round came through for too long by *now*, in microseconds: the center may be stuck. */
export function isLate(rounds: Schemas["SyntheticFire"], now: number): boolean {
  if (rounds.every_s === 0 || rounds.completed_at === null) return false;
  return now - rounds.completed_at > MISSED * rounds.every_s * 1_000_000;
}
