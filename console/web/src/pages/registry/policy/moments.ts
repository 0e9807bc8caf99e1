/** Moments of a form, in the hours of the center. Pure. */

/** Viet Nam has one time zone, and never changed its clocks since 1975. */
const OFFSET_MS = 7 * 3_600_000;

/** The day and hour of *wall* (milliseconds) in Viet Nam, as a field of a form has them. */
export function localMoment(wall: number): string {
  return new Date(wall + OFFSET_MS).toISOString().slice(0, 16);
}

/** 02:00 of the next Sunday: when fewest people are awake, and fewest on duty. */
export function nextSundayAtTwo(wall: number): string {
  const local = new Date(wall + OFFSET_MS);
  const days = (7 - local.getUTCDay()) % 7 || 7;
  return `${new Date(local.getTime() + days * 86_400_000).toISOString().slice(0, 10)}T02:00`;
}

/** *local* with the offset of Viet Nam, as the center wants it. */
export const withZone = (local: string) => `${local}:00+07:00`;

/** The day and hour of *at* (microseconds) in Viet Nam, to the second. */
export function localText(at: number): string {
  const text = new Date(at / 1_000 + OFFSET_MS).toISOString();
  return `${text.slice(8, 10)}/${text.slice(5, 7)} ${text.slice(11, 19)}`;
}

/** Where times stand on an axis, as shares of its length: the last at its end. */
export function shares(times: readonly number[]): number[] {
  const last = Math.max(1, ...times);
  return times.map((each) => each / last);
}
