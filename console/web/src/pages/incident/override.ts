/** The wish for an override as the sheet gathers it, and the order that it becomes. Pure. */
import type { Schemas } from "../../api/client";
import type { Fire } from "../../live/events";

type Request = Schemas["OverrideRequest"];

export interface Wish {
  kind: Request["kind"];
  /** As somebody writes it. */
  minutes: string;
  points: string[];
  tester: string | null;
  note: string;
}

/** Whether *wish* has all that its kind needs: the center would refuse it. */
export function isReady({ kind, minutes, points, tester }: Wish): boolean {
  const ofPoints = kind === "test" || kind === "drill";
  if (!(Number(minutes) >= 1)) return false;
  return (!ofPoints || points.length > 0) && (kind !== "test" || tester !== null);
}

export function orderOf(wish: Wish, premises: string): Request {
  return {
    kind: wish.kind,
    premises,
    by: null,
    minutes: Number(wish.minutes),
    begins_at: null,
    zones: [],
    points: wish.points,
    tester: wish.kind === "test" ? wish.tester : null,
    note: wish.note,
    extends: false,
  };
}

interface PointPlace {
  id: string;
  place: string;
}

/** The points of the premises that are not in fire: of those in fire no test and no drill is ordered. */
export function quietPoints(rows: readonly Record<string, unknown>[], fire: Fire): PointPlace[] {
  const burning = new Set(
    fire.points.filter((each) => each.restored_at === null).map((each) => each.name),
  );
  return rows
    .map(({ id, place }) => ({ id: String(id), place: typeof place === "string" ? place : "" }))
    .filter((each) => !burning.has(each.id));
}
