/** The order of open fires: who has the least time left on the clock comes first, then who waits longest. Pure. */
import type { Fire, Incident, Micros } from "../live/events";

/** A place in the queue: the group, then two moments. */
type Place = readonly [group: number, moment: Micros, age: Micros];

/** The center sorts rows by `sort`; a row that lacks it cannot be judged, and must not sink. */
export function placeOf(fire: Fire): Place {
  return (fire.queue?.sort as Place | undefined) ?? [0, fire.opened_at, fire.opened_at];
}

/** Negative where *left* stands above *right*; no two fires are equal, so that rows do not jump. */
export function compareFires(left: Fire, right: Fire): number {
  const [a, b] = [placeOf(left), placeOf(right)];
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || (left.id < right.id ? -1 : 1);
}

/** *fires* in the order of the *held* ids, so that none moves under a finger; those that came since are last. */
export function inHeldOrder(fires: readonly Fire[], held: readonly string[]): Fire[] {
  const place = ({ id }: Fire) => (held.includes(id) ? held.indexOf(id) : held.length);
  return [...fires].sort((a, b) => place(a) - place(b));
}

/** The fires among *open* incidents, the most urgent first: all of them, always. */
export function firesInOrder(open: Iterable<Incident>): Fire[] {
  const fires: Fire[] = [];
  for (const each of open) if (each.kind === "fire") fires.push(each);
  return fires.sort(compareFires);
}
