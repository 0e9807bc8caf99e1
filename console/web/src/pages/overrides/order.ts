/** What is ordered, and what a desk may order of premises. Pure. */
import type { Schemas } from "../../api/client";

export type Kind = Schemas["OverrideRequest"]["kind"];
export const KINDS: readonly Kind[] = ["test", "drill", "silence", "maintenance"];

/** Kinds that change what a fire signal means: they name their zones or points. */
export const OF_POINTS: ReadonlySet<Kind> = new Set(["test", "drill"]);

/** Minutes that are offered at first, and those that alerting permits at most. */
export const MINUTES: Readonly<Record<Kind, { usual: number; longest: number }>> = {
  test: { usual: 60, longest: 480 },
  drill: { usual: 60, longest: 240 },
  silence: { usual: 60, longest: 1_440 },
  maintenance: { usual: 240, longest: 10_080 },
};

export interface Order {
  kind: Kind;
  premises: string | null;
  minutes: number;
  tester: string | null;
  zones: readonly string[];
  points: readonly string[];
  note: string;
}

export const NOTHING: Order = {
  kind: "test",
  premises: null,
  minutes: MINUTES.test.usual,
  tester: null,
  zones: [],
  points: [],
  note: "",
};

/** What is still missing before *order* can be sent. */
export type Missing = "premises" | "points" | "tester";

export function missingOf(order: Order): Missing | null {
  if (order.premises === null) return "premises";
  if (OF_POINTS.has(order.kind) && order.zones.length + order.points.length === 0) return "points";
  return order.kind === "test" && order.tester === null ? "tester" : null;
}

export function requestOf(order: Order): Schemas["OverrideRequest"] {
  return {
    kind: order.kind,
    premises: order.premises ?? "",
    by: null,
    begins_at: null,
    minutes: order.minutes,
    zones: [...order.zones],
    points: [...order.points],
    tester: order.kind === "test" ? order.tester : null,
    note: order.note,
    extends: false,
  };
}

export interface OrderPoint {
  id: string;
  kind: string;
  place: string;
}

export interface OrderZone {
  /** Empty for points that are in no zone. */
  id: string;
  name: string;
  points: readonly OrderPoint[];
}

type Rows = readonly Readonly<Record<string, unknown>>[];

/** The zones of premises with their points; the points of no zone come last. */
export function zonesOf(zones: Rows, points: Rows): OrderZone[] {
  const within = (zone: string) =>
    points
      .filter((row) => text(row.zone) === zone)
      .map((row) => ({ id: text(row.id), kind: text(row.kind), place: text(row.place) }));
  const named = zones.map((row) => ({
    id: text(row.id),
    name: text(row.name) || text(row.id),
    points: within(text(row.id)),
  }));
  const loose = within("");
  return loose.length === 0 ? named : [...named, { id: "", name: "", points: loose }];
}

/** Whether *zone*, chosen as a whole, covers *point*: a call point is named by itself. */
export const isCovered = (point: OrderPoint): boolean => point.kind !== "manual";

const text = (value: unknown): string => (typeof value === "string" ? value : "");
