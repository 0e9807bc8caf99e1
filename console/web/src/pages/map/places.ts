/** Premises on the map, each with its worst state. Pure. */
import type { Incident } from "../../live/events";

/** The states of premises, the worst first; the rank of a cluster is that of its worst premises. */
export const PLACE_STATES = ["fire", "suspected", "fault", "supervisory", "override", "calm"] as const;
export type PlaceState = (typeof PLACE_STATES)[number];

export const rankOf = (state: PlaceState): number =>
  PLACE_STATES.length - 1 - PLACE_STATES.indexOf(state);
export const stateOfRank = (rank: number): PlaceState =>
  PLACE_STATES[PLACE_STATES.length - 1 - rank] ?? "calm";

export interface Place {
  id: string;
  name: string;
  lon: number;
  lat: number;
}

export interface Feature {
  geometry: { type: string; coordinates: unknown };
  properties: Record<string, unknown>;
}

export interface Features {
  features: Feature[];
}

/** The premises of *found* that have a point. */
export function placesOf(found: Features): Place[] {
  return found.features.flatMap(({ geometry, properties }) => {
    if (geometry.type !== "Point" || !Array.isArray(geometry.coordinates)) return [];
    const [lon, lat] = geometry.coordinates as unknown[];
    if (typeof lon !== "number" || typeof lat !== "number") return [];
    return [{ id: String(properties.id), name: String(properties.name), lon, lat }];
  });
}

/** What an incident makes of its premises; a drill burns nowhere. */
function stateOf(incident: Incident): PlaceState {
  switch (incident.kind) {
    case "fire":
      if (incident.exercise) return "override";
      return incident.phase === "suspected" ? "suspected" : "fire";
    case "fault":
    case "supervisory":
      return incident.kind;
    default:
      return "override";
  }
}

/** The worst state of each premises with an open incident. */
export function statesOf(open: Iterable<Incident>): Map<string, PlaceState> {
  const worst = new Map<string, PlaceState>();
  for (const incident of open) {
    const [id, state] = [incident.premises.id, stateOf(incident)];
    const before = worst.get(id);
    if (before === undefined || rankOf(state) > rankOf(before)) worst.set(id, state);
  }
  return worst;
}

export interface Listed {
  id: string;
  name: string;
  state: PlaceState;
  incident: string;
  since: number;
  place: Place | undefined;
}

/** The list beside the map: open incidents of premises, the worst first; the newest first among equals. */
export function listedOf(open: Iterable<Incident>, places: readonly Place[]): Listed[] {
  const byId = new Map(places.map((each) => [each.id, each]));
  return [...open]
    .filter((each) => !each.premises.id.startsWith("~"))
    .map((each) => ({
      id: each.premises.id,
      name: each.premises.name || each.premises.id,
      state: stateOf(each),
      incident: each.id,
      since: each.opened_at,
      place: byId.get(each.premises.id),
    }))
    .sort((a, b) => rankOf(b.state) - rankOf(a.state) || b.since - a.since);
}

/** The features of the map: each of *places* with the rank of its state. */
export function featuresOf(places: readonly Place[], states: ReadonlyMap<string, PlaceState>) {
  return {
    type: "FeatureCollection" as const,
    features: places.map((each) => ({
      type: "Feature" as const,
      geometry: { type: "Point" as const, coordinates: [each.lon, each.lat] },
      properties: { id: each.id, rank: rankOf(states.get(each.id) ?? "calm") },
    })),
  };
}

/** The box around *places*: west, south, east, north; null around none. */
export function boxOf(places: readonly Place[]): [number, number, number, number] | null {
  if (places.length === 0) return null;
  return places.reduce<[number, number, number, number]>(
    ([west, south, east, north], { lon, lat }) => [
      Math.min(west, lon),
      Math.min(south, lat),
      Math.max(east, lon),
      Math.max(north, lat),
    ],
    [180, 90, -180, -90],
  );
}
