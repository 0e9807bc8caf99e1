/** The clock of a fire: the next step that is due, and the time left for it. Pure. */
import type { Fire, Micros } from "../live/events";

export type Step = "confirm" | "acknowledge" | "dispatch" | "arrive";

export interface RunningClock {
  step: Step;
  /** Seconds left; below zero once it is overdue. */
  left: number;
  dueAt: Micros;
  /** Calm, then soon within the last third of the time, then overdue. */
  pressure: "calm" | "soon" | "overdue";
}

const SOON = 1 / 3;

/** The clock of *fire* at *now*, null where nothing is due. */
export function clockOf(fire: Fire, now: Micros): RunningClock | null {
  const clock = fire.queue?.clock ?? null;
  if (clock === null) return null;
  const left = (clock.due_at - now) / 1_000_000;
  const soon = left <= clock.limit_s * SOON;
  return {
    step: clock.step,
    left,
    dueAt: clock.due_at,
    pressure: left < 0 ? "overdue" : soon ? "soon" : "calm",
  };
}
