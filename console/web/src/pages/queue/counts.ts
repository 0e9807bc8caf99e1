/** The numbers above the queue. Pure. */
import { clockOf } from "../../fires/clock";
import type { Fire, Micros } from "../../live/events";
import { waits } from "../../watch/news";

export interface Counts {
  overdue: number;
  /** Nobody took them yet. */
  waiting: number;
  taken: number;
  drills: number;
}

export function countsOf(fires: readonly Fire[], now: Micros): Counts {
  const real = fires.filter((each) => !each.exercise);
  const waiting = real.filter(waits).length;
  return {
    overdue: real.filter((each) => clockOf(each, now)?.pressure === "overdue").length,
    waiting,
    taken: real.length - waiting,
    drills: fires.length - real.length,
  };
}
