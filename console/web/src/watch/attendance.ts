/** The signs of a person at this screen, as they are reported to the center. Pure. */
import type { Micros } from "../live/events";

/** Milliseconds between two looks at the clock; a much longer pause means that the browser stopped the page. */
export const LOOK = 1_000;

/** Milliseconds of such a pause. A hidden page is woken once a minute by browsers that save power. */
export const ASLEEP = 10_000;

interface Place {
  x: number;
  y: number;
}

export interface Attendance {
  keyAt: Micros | null;
  pointerAt: Micros | null;
  /** Where the pointer was last, on the screen. */
  pointer: Place | null;
  /** The last look, by the clock that goes on while a machine sleeps. */
  lookedAt: number;
  /** Whether the page was stopped since the last report. */
  slept: boolean;
}

export const UNATTENDED: Attendance = {
  keyAt: null,
  pointerAt: null,
  pointer: null,
  lookedAt: 0,
  slept: false,
};

/**
 * *before* with a move of the pointer to *place* at the moment *at*. A browser tells of a move also where rows move below
 * a pointer that lies still: that is no person.
 */
export function pointed(before: Attendance, place: Place, at: Micros): Attendance {
  const { pointer } = before;
  const moved = pointer !== null && (pointer.x !== place.x || pointer.y !== place.y);
  return { ...before, pointer: place, pointerAt: moved ? at : before.pointerAt };
}

/** *before* with a look at *wall* milliseconds: a page that was stopped notices it on waking. */
export function looked(before: Attendance, wall: number): Attendance {
  const slept = before.slept || (before.lookedAt > 0 && wall - before.lookedAt > ASLEEP);
  return { ...before, lookedAt: wall, slept };
}

export interface Report {
  desk: string;
  /** The clock of this machine: the center takes the other times as ages by it. */
  at: Micros;
  signs: { key_at: Micros | null; pointer_at: Micros | null };
  hidden: boolean;
  asleep: boolean;
  sound_tested_at: Micros | null;
}

interface Around {
  desk: string;
  at: Micros;
  hidden: boolean;
  soundTestedAt: Micros | null;
}

export const reportOf = (state: Attendance, { desk, at, hidden, soundTestedAt }: Around): Report => ({
  desk,
  at,
  signs: { key_at: state.keyAt, pointer_at: state.pointerAt },
  hidden,
  asleep: state.slept,
  sound_tested_at: soundTestedAt,
});
