/** The health of devices by commune: what is not heard never counts as normal. Pure. */
import type { Gateway, Ledger, ListedPremises } from "../../data/center";
import type { Incident } from "../../live/events";

/** The states of points, the worst first; a point of a gateway that is not heard is *silent*. */
export const POINT_STATES = [
  "alarm",
  "prealarm",
  "silent",
  "never_heard",
  "fault",
  "tamper",
  "disabled",
  "test",
  "expected",
  "other",
  "normal",
] as const;
export type PointState = (typeof POINT_STATES)[number];
export type PointCounts = Readonly<Partial<Record<PointState, number>>>;

/** How a gateway or a commune is, the worst first. */
export const STANDINGS = ["lost", "unsure", "trouble", "well"] as const;
export type Standing = (typeof STANDINGS)[number];

/** Seconds that the clock of a gateway may be off: that of the center's own fault. */
export const CLOCK_OFF = 2;

/** Seconds for which a signal may wait at its gateway before that is worth a look. */
export const WAITS_LONG = 30;

export interface GatewayHealth {
  gateway: Gateway;
  premisesName: string;
  standing: Standing;
  points: PointCounts;
  linesDown: string[];
  pathsLost: string[];
  sent: number;
  missing: number;
  readings: Lost;
}

/** Batches of readings: how many were sent, and how many of them are in no known place. */
export interface Lost {
  sent: number;
  missing: number;
}

export interface CommuneHealth {
  area: string | null;
  name: string | null;
  standing: Standing;
  gateways: GatewayHealth[];
  heard: number;
  points: PointCounts;
  linesDown: number;
  pathsLost: number;
  /** Seconds by which the worst clock is off; null where no gateway said its time. */
  clockOff: number | null;
  waiting: number;
  sent: number;
  missing: number;
  readings: Lost;
}

export interface Known {
  gateways: readonly Gateway[];
  premises: readonly ListedPremises[];
  areaNames: ReadonlyMap<string, string>;
  ledger: Ledger | undefined;
  readings: Ledger | undefined;
  open: Iterable<Incident>;
}

/** The points of *gateway* by state: of one that is not heard now, the last word is no state. */
export function pointsOf(gateway: Gateway): PointCounts {
  const said = Object.entries(gateway.points);
  if (gateway.state === "normal")
    return summed(said.map(([state, count]) => ({ [named(state)]: count })));
  const known = said.reduce((sum, [, count]) => sum + count, 0);
  const count = known > 0 ? known : (gateway.comparison?.registered ?? 0);
  return count === 0 ? {} : { [gateway.state === "expected" ? "expected" : "silent"]: count };
}

function named(state: string): PointState {
  return POINT_STATES.find((each) => each === state) ?? "other";
}

export function summed(all: readonly PointCounts[]): PointCounts {
  const sums: Partial<Record<PointState, number>> = {};
  for (const counts of all)
    for (const state of POINT_STATES)
      if (counts[state] !== undefined) sums[state] = (sums[state] ?? 0) + counts[state];
  return sums;
}

/** The communes of all that is *known*, the worst first, and by name among equals. */
export function communesOf(known: Known): CommuneHealth[] {
  const places = new Map(known.premises.map((each) => [each.id, each]));
  const paths = lostPaths(known.open);
  const byArea = new Map<string | null, GatewayHealth[]>();
  for (const gateway of known.gateways) {
    const place = places.get(gateway.premises);
    const area = place?.area ?? null;
    const health = healthOf(gateway, place?.name ?? gateway.premises, paths, known);
    byArea.set(area, [...(byArea.get(area) ?? []), health]);
  }
  const communes = [...byArea].map(([area, gateways]) =>
    communeOf(area, area === null ? null : (known.areaNames.get(area) ?? area), gateways),
  );
  return communes.sort(
    (a, b) => rank(a.standing) - rank(b.standing) || (a.name ?? "").localeCompare(b.name ?? "", "vi"),
  );
}

/** States of points that are no trouble of a device: a fire has a place of its own, a test is ordered. */
const QUIET: ReadonlySet<PointState> = new Set(["normal", "test", "expected", "alarm", "prealarm"]);

const rank = (standing: Standing): number => STANDINGS.indexOf(standing);
const keyOf = (premises: string, gateway: string): string => `${premises}/${gateway}`;

/** The paths that are lost, by gateway, from the open faults. */
function lostPaths(open: Iterable<Incident>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const incident of open) {
    if (incident.kind !== "fault") continue;
    for (const each of incident.conditions) {
      if (each.scope !== "path" || each.restored_at != null) continue;
      const key = keyOf(incident.premises.id, each.gateway);
      found.set(key, [...(found.get(key) ?? []), each.name]);
    }
  }
  return found;
}

function healthOf(
  gateway: Gateway,
  premisesName: string,
  paths: ReadonlyMap<string, string[]>,
  known: Pick<Known, "ledger" | "readings">,
): GatewayHealth {
  const health = {
    gateway,
    premisesName,
    points: pointsOf(gateway),
    linesDown: Object.keys(gateway.lines).filter((each) => gateway.lines[each] !== "up"),
    pathsLost: paths.get(keyOf(gateway.premises, gateway.gateway)) ?? [],
    ...lostOf(gateway, known.ledger),
    readings: lostOf(gateway, known.readings),
  };
  return { ...health, standing: standingOf(health) };
}

function lostOf(gateway: Gateway, ledger: Ledger | undefined): Lost {
  const lines = (ledger?.gateways ?? []).filter(
    (each) => each.premises === gateway.premises && each.gateway === gateway.gateway,
  );
  return {
    sent: lines.reduce((sum, each) => sum + each.sent, 0),
    missing: lines.reduce((sum, each) => sum + each.missing, 0),
  };
}

function standingOf(health: Omit<GatewayHealth, "standing">): Standing {
  const { gateway } = health;
  if (gateway.state === "expected") return "unsure";
  if (gateway.state !== "normal") return "lost";
  const faults = [
    gateway.conditions.length > 0,
    health.linesDown.length > 0,
    health.pathsLost.length > 0,
    health.missing > 0,
    health.readings.missing > 0,
    Math.abs(gateway.clock_offset_s ?? 0) > CLOCK_OFF,
    (gateway.alarm?.oldest_age_s ?? 0) > WAITS_LONG,
    POINT_STATES.some((each) => !QUIET.has(each) && (health.points[each] ?? 0) > 0),
  ];
  if (faults.includes(true)) return "trouble";
  const isKnown = POINT_STATES.some((each) => (health.points[each] ?? 0) > 0);
  return !isKnown || (health.points.expected ?? 0) > 0 ? "unsure" : "well";
}

function communeOf(
  area: string | null,
  name: string | null,
  gateways: readonly GatewayHealth[],
): CommuneHealth {
  const sorted = [...gateways].sort(
    (a, b) => rank(a.standing) - rank(b.standing) || a.premisesName.localeCompare(b.premisesName, "vi"),
  );
  const sum = (count: (health: GatewayHealth) => number) =>
    gateways.reduce((all, each) => all + count(each), 0);
  return {
    area,
    name,
    standing: sorted[0]?.standing ?? "well",
    gateways: sorted,
    heard: sum((each) => (each.gateway.state === "normal" ? 1 : 0)),
    points: summed(gateways.map((each) => each.points)),
    linesDown: sum((each) => each.linesDown.length),
    pathsLost: sum((each) => each.pathsLost.length),
    clockOff: worstClock(gateways),
    waiting: sum((each) => each.gateway.alarm?.depth ?? 0),
    sent: sum((each) => each.sent),
    missing: sum((each) => each.missing),
    readings: {
      sent: sum((each) => each.readings.sent),
      missing: sum((each) => each.readings.missing),
    },
  };
}

function worstClock(gateways: readonly GatewayHealth[]): number | null {
  const offsets = gateways
    .map((each) => each.gateway.clock_offset_s)
    .filter((each): each is number => each !== null);
  return offsets.length === 0 ? null : Math.max(...offsets.map(Math.abs));
}

export interface FailingDestination {
  destination: string;
  channel: string;
  since: number;
}

const NOT_REACHED = "not_reached_by_";

/** Destinations that messages do not reach, the longest first: the center has a fault open for each. */
export function failingDestinations(open: Iterable<Incident>): FailingDestination[] {
  const found: FailingDestination[] = [];
  for (const incident of open) {
    if (incident.kind !== "fault") continue;
    for (const each of incident.conditions)
      if (each.scope === "destination" && each.restored_at == null)
        found.push({
          destination: each.name,
          channel: each.reason.replace(NOT_REACHED, ""),
          since: each.since,
        });
  }
  return found.sort((a, b) => a.since - b.since);
}
