/** Overrides in force and to come: tests, drills, silences and maintenance. Pure. */
import type { Incident, Micros } from "../live/events";

export type Override = Extract<Incident, { kind: "test" | "drill" | "silence" | "maintenance" }>;

/** How an override stands now, in the order in which a desk looks at them. */
export type OverrideStanding = "pending" | "in_force" | "to_come" | "over";

const KINDS: ReadonlySet<string> = new Set(["test", "drill", "silence", "maintenance"]);

export const isOverride = (incident: Incident): incident is Override => KINDS.has(incident.kind);

export function standingOf(override: Override, now: Micros): OverrideStanding {
  if (override.phase === "closed") return "over";
  if (override.phase === "pending_approval") return "pending";
  if (now < override.begins_at) return "to_come";
  return now < override.ends_at ? "in_force" : "over";
}

/** The overrides that take protection away at *now*, the first to end first. */
export function inForce(open: Iterable<Incident>, now: Micros): Override[] {
  return [...open]
    .filter(isOverride)
    .filter((each) => standingOf(each, now) === "in_force")
    .sort((a, b) => a.ends_at - b.ends_at);
}

/** The overrides that are not over: to be approved, in force, to come; in each the first to end first. */
export function ordered(open: Iterable<Incident>, now: Micros): Override[] {
  const order: OverrideStanding[] = ["pending", "in_force", "to_come", "over"];
  const rank = (each: Override) => order.indexOf(standingOf(each, now));
  return [...open].filter(isOverride).sort((a, b) => rank(a) - rank(b) || a.ends_at - b.ends_at);
}

export interface WalkPoint {
  name: string;
  place: string;
  /** When it was first tripped in this test; null while it was not. */
  trippedAt: Micros | null;
}

/** The points of a walk test: those named, or of its zones, or all; untripped ones first, by name. */
export function walkOf(
  test: Pick<Override, "points" | "zones" | "signals">,
  points: readonly { name: string; place: string; zone: string | null }[],
): WalkPoint[] {
  const zones = new Set(test.zones);
  const named = new Set(test.points);
  const all = named.size === 0 && zones.size === 0;
  const wanted = points.filter(
    (each) => all || named.has(each.name) || (each.zone !== null && zones.has(each.zone)),
  );
  const known = new Set(wanted.map((each) => each.name));
  // A point that the registry does not have is walked to all the same.
  const others = [...named, ...test.signals.map((each) => each.name)].filter((each) => !known.has(each));
  const unregistered = [...new Set(others)].map((name) => ({ name, place: "", zone: null }));
  return [...wanted, ...unregistered]
    .map(({ name, place }) => ({ name, place, trippedAt: trippedAt(test, name) }))
    .sort(
      (a, b) =>
        Number(a.trippedAt !== null) - Number(b.trippedAt !== null) || a.name.localeCompare(b.name),
    );
}

function trippedAt(test: Pick<Override, "signals">, name: string): Micros | null {
  const times = test.signals
    .filter((each) => each.name === name && each.edge === "raised")
    .map((each) => each.at);
  return times.length === 0 ? null : Math.min(...times);
}
