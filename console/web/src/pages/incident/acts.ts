/** The acts at a fire: by its phase, and those of them that a person may do. Pure. */
import { KEYS } from "../../app/keyTable";
import type { Needed } from "../../data/may";
import type { Fire, WhoAsks } from "../../live/events";

export type ActName =
  | "take"
  | "accept"
  | "decline"
  | "dispatch"
  | "on_scene"
  | "under_control"
  | "approve"
  | "refuse"
  | "withdraw"
  | "close"
  | "call"
  | "note"
  | "hand_over"
  | "seen"
  | "override"
  | "check"
  | "skip";

type Phase = Fire["phase"];

interface Rule {
  act: ActName;
  key: string;
  permission: Needed;
  phases: readonly Phase[];
}

const OPEN: readonly Phase[] = [
  "suspected",
  "confirmed",
  "acknowledged",
  "dispatched",
  "on_scene",
  "under_control",
];

/** In the order in which an officer needs them; the phases are those of alerting's table. */
const RULES: readonly Rule[] = [
  { act: "take", key: KEYS.take, permission: "incidents:act", phases: ["suspected", "confirmed"] },
  { act: "accept", key: KEYS.accept, permission: "incidents:act", phases: OPEN },
  { act: "decline", key: KEYS.decline, permission: "incidents:act", phases: OPEN },
  // Once more where forces are out: others follow them.
  {
    act: "dispatch",
    key: KEYS.dispatch,
    permission: "incidents:act",
    phases: ["confirmed", "acknowledged", "dispatched", "on_scene", "under_control"],
  },
  // Once more where forces are there: that is news from the scene.
  {
    act: "on_scene",
    key: KEYS.on_scene,
    permission: "incidents:act",
    phases: ["acknowledged", "dispatched", "on_scene", "under_control"],
  },
  {
    act: "under_control",
    key: KEYS.under_control,
    permission: "incidents:act",
    phases: ["acknowledged", "dispatched", "on_scene", "under_control"],
  },
  { act: "approve", key: KEYS.approve, permission: "acts:approve", phases: OPEN },
  { act: "withdraw", key: KEYS.undo, permission: "incidents:close", phases: OPEN },
  { act: "close", key: KEYS.close, permission: "incidents:close", phases: OPEN },
  { act: "call", key: KEYS.call, permission: "incidents:act", phases: OPEN },
  { act: "note", key: KEYS.note, permission: "incidents:act", phases: OPEN },
  { act: "hand_over", key: KEYS.hand_over, permission: "incidents:act", phases: OPEN },
  { act: "seen", key: KEYS.seen, permission: "incidents:act", phases: ["suspected", "confirmed"] },
  { act: "override", key: KEYS.override, permission: "overrides:order", phases: OPEN },
];

export interface OpenAct {
  act: ActName;
  key: string;
  /** The step that brings the fire on: one of all acts. */
  first: boolean;
  /** What the person would need to do it; null for whoever may. */
  lacks: Needed | null;
}

/** The acts at *fire* for *who*: those that they may not do say what it takes. */
export function actsOf(fire: Fire, who: WhoAsks | null): OpenAct[] {
  if (who === null) return [];
  const may = (rule: Rule) => who.permissions.includes(rule.permission);
  const open = RULES.filter(
    (rule) => rule.phases.includes(fire.phase) && isCalledFor(rule.act, fire, who),
  );
  const first = open.find((rule) => may(rule) && isNext(rule.act, fire, who))?.act;
  return open.map((rule) => ({
    act: rule.act,
    key: rule.key,
    first: rule.act === first,
    lacks: may(rule) ? null : rule.permission,
  }));
}

function isCalledFor(act: ActName, fire: Fire, who: WhoAsks): boolean {
  const isOwner = owns(fire, who);
  switch (act) {
    case "approve":
      return fire.closing !== null && !proposed(fire, who);
    case "withdraw":
      return proposed(fire, who);
    case "seen":
      return !fire.seen_by.includes(who.name);
    case "accept":
      return isOffered(fire, who);
    // An owner who keeps the fire takes the offer back in the same way.
    case "decline":
      return fire.offer !== null && (isOwner || isOffered(fire, who));
    case "hand_over":
      return isOwner && fire.offer === null;
    default:
      return true;
  }
}

/** Whether *who* takes the own offer back by declining it. */
export const isWithdrawn = (act: ActName, fire: Fire, who: WhoAsks | null): boolean =>
  act === "decline" && fire.offer !== null && !isOffered(fire, who);

/** Whether *who* may propose to close *fire*: while a proposal waits, its author and the owner may, in its place. */
export function mayPropose(fire: Fire, who: WhoAsks | null): boolean {
  if (fire.closing === null) return true;
  return owns(fire, who) || proposed(fire, who);
}

/** Who had *fire* as a suspicion until it was confirmed, where that is not *who*; null where nobody did. */
export function takenBefore(fire: Fire, who: WhoAsks | null): string | null {
  const last = fire.timeline?.findLast(({ event }) => TAKINGS.includes(event));
  if (last?.event !== "acknowledged" || fire.owner !== null) return null;
  const { by } = last.data as Readonly<Record<string, unknown>>;
  return typeof by === "string" && by !== who?.name ? by : null;
}

/** What lets a person have a fire, or takes it from one who did not go on with it. */
const TAKINGS: readonly string[] = ["acknowledged", "reopened"];

const owns = (fire: Fire, who: WhoAsks | null): boolean =>
  fire.owner !== null && fire.owner_account === who?.account;

/** Whether the waiting proposal to close *fire* is of *who*. */
const proposed = (fire: Fire, who: WhoAsks | null): boolean =>
  fire.closing !== null && fire.closing.account === who?.account;

const isOffered = (fire: Fire, who: WhoAsks | null): boolean =>
  fire.offer !== null && fire.offer.to === who?.account;

/** Whether *act* is the step that is awaited; news from a scene where forces already are is not. */
function isNext(act: ActName, fire: Fire, who: WhoAsks | null): boolean {
  if (isOffered(fire, who)) return act === "accept";
  if (fire.closing !== null) return act === "approve";
  return {
    suspected: act === "take",
    confirmed: act === "take",
    acknowledged: act === "dispatch",
    dispatched: act === "on_scene",
    on_scene: act === "under_control",
    under_control: act === "close",
    closed: false,
  }[fire.phase];
}

const STEPS = ["dispatch", "on_scene", "under_control"] as const;
const TAKEN: Partial<Record<Phase, number>> = {
  confirmed: 0,
  acknowledged: 0,
  dispatched: 1,
  on_scene: 2,
  under_control: 3,
};

export type StepName = (typeof STEPS)[number];

/** The steps that *act* leaves out, for which the center wants a reason. */
export function skippedBy(act: StepName, fire: Fire): StepName[] {
  return STEPS.slice(TAKEN[fire.phase] ?? 0, STEPS.indexOf(act));
}

/** How many points of *fire* there are, and how many are in fire still. */
export function standingOf(fire: Fire): { standing: number; points: number } {
  const growth = fire.queue?.growth;
  return {
    standing: growth?.standing ?? fire.standing.length + fire.more_standing,
    points: growth?.points ?? fire.points.length + fire.more_points,
  };
}
