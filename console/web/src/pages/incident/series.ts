/** The series of readings that belong to a fire: those of its points first, then of their neighbours. Pure. */
import type { Schemas } from "../../api/client";
import type { Fire } from "../../live/events";

export interface SeriesKey {
  point: string;
  quantity: string;
}

/** Series that a page draws at most. */
export const MOST_SERIES = 24;

type Row = Record<string, unknown>;

/** Of *counted* series those in the zones of *fire*, by the rows of *points* in the registry. */
export function seriesOf(
  fire: Fire,
  counted: readonly Schemas["Count"][],
  points: readonly Row[],
): SeriesKey[] {
  const order = new Map(fire.points.map((each, index) => [each.name, index]));
  const near = new Set(
    points.filter((each) => fire.zones.includes(String(each.zone))).map((each) => each.id),
  );
  const place = (name: string) => order.get(name) ?? order.size;
  return counted
    .filter(({ point }) => order.has(point) || near.has(point))
    .map(({ point, quantity }) => ({ point, quantity }))
    .sort((a, b) => place(a.point) - place(b.point) || compare(a, b))
    .slice(0, MOST_SERIES);
}

const compare = (a: SeriesKey, b: SeriesKey): number =>
  a.point === b.point ? (a.quantity < b.quantity ? -1 : 1) : a.point < b.point ? -1 : 1;
