/** Zones and points on the plan of a floor: placed, moved, taken away, undone. Pure. */
import type { Edit } from "../draft/working";
import type { Row } from "../form/values";

/** A place on the plan, as shares of its width from the left, and of its height from the top. */
export interface Spot {
  x: number;
  y: number;
}

/** A zone or a point that can be placed; *key* is `zone/NAME` or `point/NAME`. */
export interface Thing {
  key: string;
  kind: "zone" | "point";
  id: string;
  name: string;
  /** The zone under which it is listed. */
  zone: string;
}

/** The position of the thing *thing*; a zone may have an outline. */
export interface Placed extends Spot {
  id: string;
  thing: string;
  floor: string;
  outline: readonly Spot[];
}

export interface Placing {
  placed: readonly Placed[];
  before: readonly (readonly Placed[])[];
  /** The thing that the last step moved by a key: a row of such steps is undone as one. */
  nudged: string;
}

/** Corners that make an outline. */
const CORNERS = 3;

/** Digits of a share: a ten-thousandth of the plan is finer than any finger. */
const share = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;

const spotAt = ({ x, y }: Spot): Spot => ({ x: share(x), y: share(y) });

const text = (row: Row, field: string) => {
  const value = row[field];
  return typeof value === "string" ? value : "";
};

/** The zones and the points of premises, each zone before its points. */
export function thingsOf(zones: readonly Row[], points: readonly Row[]): Thing[] {
  const thing = (kind: "zone" | "point", row: Row, zone: string): Thing => {
    const id = text(row, "id");
    return {
      key: `${kind}/${id}`,
      kind,
      id,
      name: text(row, kind === "zone" ? "name" : "place") || id,
      zone,
    };
  };
  return zones.flatMap((zone) => [
    thing("zone", zone, text(zone, "id")),
    ...points
      .filter((each) => text(each, "zone") === text(zone, "id"))
      .map((each) => thing("point", each, text(zone, "id"))),
  ]);
}

/** The positions of *rows* of the table of positions. */
export function placedOf(rows: readonly Row[]): Placed[] {
  return rows.map((row) => ({
    id: text(row, "id"),
    thing: text(row, "zone") === "" ? `point/${text(row, "point")}` : `zone/${text(row, "zone")}`,
    floor: text(row, "floor"),
    x: Number(row["x"]),
    y: Number(row["y"]),
    outline: ((row["outline"] ?? []) as [number, number][]).map(([x, y]) => ({ x, y })),
  }));
}

export const begun = (placed: readonly Placed[]): Placing => ({ placed, before: [], nudged: "" });

function changed(placing: Placing, placed: readonly Placed[], nudged = ""): Placing {
  const goesOn = nudged !== "" && placing.nudged === nudged;
  const before = goesOn ? placing.before : [...placing.before, placing.placed];
  return { placed, before, nudged };
}

/** An id for the position of *thing* that no other position has. */
function newId(placed: readonly Placed[], thing: string): string {
  const named = thing.replace("/", "-").slice(0, 58);
  const ids = new Set(placed.map((each) => each.id));
  const numbers = Array.from({ length: ids.size + 1 }, (_, number) => number);
  const free = numbers.map((each) => (each === 0 ? named : `${named}-${each + 1}`));
  return free.find((each) => !ids.has(each)) ?? named;
}

const withPlaced = (all: readonly Placed[], one: Placed) =>
  all.some((each) => each.thing === one.thing)
    ? all.map((each) => (each.thing === one.thing ? one : each))
    : [...all, one];

const shifted = (outline: readonly Spot[], by: Spot) =>
  outline.map(({ x, y }) => spotAt({ x: x + by.x, y: y + by.y }));

/** *thing* hung at *spot* of *floor*; its outline comes along, unless that is of another floor. */
function hung(placing: Placing, thing: string, { floor, x, y }: Spot & { floor: string }): Placed {
  const old = placing.placed.find((each) => each.thing === thing);
  const spot = spotAt({ x, y });
  const stays = old?.floor === floor;
  const outline = stays ? shifted(old.outline, { x: spot.x - old.x, y: spot.y - old.y }) : [];
  return { id: old?.id ?? newId(placing.placed, thing), thing, floor, ...spot, outline };
}

export function place(placing: Placing, thing: string, at: Spot & { floor: string }): Placing {
  return changed(placing, withPlaced(placing.placed, hung(placing, thing, at)));
}

/** *thing* moved by a key. */
export function nudge(placing: Placing, thing: string, by: Spot): Placing {
  const old = placing.placed.find((each) => each.thing === thing);
  if (old === undefined) return placing;
  const moved = hung(placing, thing, { floor: old.floor, x: old.x + by.x, y: old.y + by.y });
  return changed(placing, withPlaced(placing.placed, moved), thing);
}

export function takeAway(placing: Placing, thing: string): Placing {
  return changed(
    placing,
    placing.placed.filter((each) => each.thing !== thing),
  );
}

/** A further corner of the outline of *zone*, whose name stands in the middle of it. */
export function addCorner(placing: Placing, zone: string, at: Spot & { floor: string }): Placing {
  const old = placing.placed.find((each) => each.thing === zone && each.floor === at.floor);
  const outline = [...(old?.outline ?? []), spotAt(at)];
  const middle = (of: (spot: Spot) => number) =>
    share(outline.reduce((sum, each) => sum + of(each), 0) / outline.length);
  const spot = { x: middle((each) => each.x), y: middle((each) => each.y) };
  const id = placing.placed.find((each) => each.thing === zone)?.id ?? newId(placing.placed, zone);
  return changed(
    placing,
    withPlaced(placing.placed, { id, thing: zone, floor: at.floor, ...spot, outline }),
  );
}

/** The outline of *zone* taken away; its name stays. */
export function clearOutline(placing: Placing, zone: string): Placing {
  return changed(
    placing,
    placing.placed.map((each) => (each.thing === zone ? { ...each, outline: [] } : each)),
  );
}

export function undo(placing: Placing): Placing {
  const last = placing.before.at(-1);
  if (last === undefined) return placing;
  return { placed: last, before: placing.before.slice(0, -1), nudged: "" };
}

/** The row of a position; an outline of fewer corners than three is none yet. */
function rowOf({ id, thing, floor, x, y, outline }: Placed, premises: string): Row {
  const [kind = "", name = ""] = thing.split("/");
  const corners = outline.length < CORNERS ? [] : outline.map((each) => [each.x, each.y]);
  const row: Row = { id, premises, floor, [kind]: name, x, y };
  return corners.length === 0 ? row : { ...row, outline: corners };
}

const same = (one: Row, other: Row | undefined) => JSON.stringify(one) === JSON.stringify(other);

/** The edit that makes the positions of *premises* from those *stored* to those *now*, and its rows. */
export function editOf(
  stored: readonly Placed[],
  now: readonly Placed[],
  premises: string,
): { edit: Edit; rows: number } {
  const before = new Map(stored.map((each) => [each.id, rowOf(each, premises)]));
  const put = now
    .map((each) => rowOf(each, premises))
    .filter((row) => !same(row, before.get(text(row, "id"))));
  const stays = new Set(now.map((each) => each.id));
  const gone = stored.filter((each) => !stays.has(each.id)).map((each) => `${premises}/${each.id}`);
  const edit: Edit = {
    ...(put.length === 0 ? {} : { put: { positions: put } }),
    ...(gone.length === 0 ? {} : { remove: { positions: gone } }),
  };
  return { edit, rows: put.length + gone.length };
}

/** *share* as a person hears it: a whole number of percent. */
export const percent = (value: number) => Math.round(value * 100);
