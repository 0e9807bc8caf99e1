/** A training at this screen: which fire it is, what comes next, and where its frame lies. Pure. */
import type { Fire, Incident, Micros } from "../live/events";

/** Letters of an account that the center keeps in a training. */
const KEPT = 62;

/** Whether *fire* is of a training of anybody: the center says so of what it made itself, and of nothing else. */
export const isTraining = (fire: Fire): boolean => fire.training !== null && fire.exercise;

export const isOwn = (fire: Fire, account: string): boolean =>
  isTraining(fire) && fire.training === account.slice(0, KEPT);

/** The open fire by which *account* learns. */
export function ownTraining(open: Iterable<Incident>, account: string): Fire | null {
  for (const each of open) if (each.kind === "fire" && isOwn(each, account)) return each;
  return null;
}

/** The first of *fires*, in their order, that is no exercise: it breaks through every training. */
export const realFire = (fires: readonly Fire[]): Fire | null =>
  fires.find((each) => !each.exercise) ?? null;

/** The fires that are said and sound here: a training does so for the one who learns. */
export const heardBy = (fires: readonly Fire[], account: string): Fire[] =>
  fires.filter((each) => !isTraining(each) || isOwn(each, account));

interface Where {
  training: Fire | null;
  real: Fire | null;
  /** Whether the page shows the training itself. */
  onItsPage: boolean;
}

/** The frame lies over every page; while something really burns, over that of the training alone. */
export const isFramed = ({ training, real, onItsPage }: Where): boolean =>
  training !== null && (real === null || onItsPage);

export type Lesson = "open" | "take" | "dispatch" | "on_scene" | "under_control" | "close";

/** What the one who learns does next. */
export function lessonOf(fire: Fire, onItsPage: boolean): Lesson | null {
  if (fire.phase === "closed") return null;
  if (!onItsPage) return "open";
  return LESSONS[fire.phase];
}

const LESSONS = {
  suspected: "take",
  confirmed: "take",
  acknowledged: "dispatch",
  dispatched: "on_scene",
  on_scene: "under_control",
  under_control: "close",
} as const satisfies Record<Exclude<Fire["phase"], "closed">, Lesson>;

/** A clock of the training, as it ran: the center has it no longer once the step is taken. */
export interface SeenClock {
  step: "confirm" | "acknowledge" | "dispatch" | "arrive";
  from_at: Micros;
  limit_s: number;
}

/** *before* with the clock that runs now; each step once. */
export function withClock(before: readonly SeenClock[], fire: Fire): readonly SeenClock[] {
  const clock = fire.queue?.clock ?? null;
  if (clock === null || before.some((each) => each.step === clock.step)) return before;
  return [...before, { step: clock.step, from_at: clock.from_at, limit_s: clock.limit_s }];
}

export interface Result {
  step: SeenClock["step"];
  limit_s: number;
  /** Seconds that it took; null where the step was not taken. */
  took_s: number | null;
}

const MILESTONE = {
  confirm: "confirmed",
  acknowledge: "acknowledged",
  dispatch: "dispatched",
  arrive: "on_scene",
} as const;

/** How long each step took: *milestones* are seconds from the opening, at *opened*. */
export function resultsOf(
  clocks: readonly SeenClock[],
  opened: Micros,
  milestones: Readonly<Record<string, number>>,
): Result[] {
  return clocks.map(({ step, from_at, limit_s }) => {
    const reached = milestones[MILESTONE[step]];
    const took_s = reached === undefined ? null : reached - (from_at - opened) / 1_000_000;
    return { step, limit_s, took_s };
  });
}
