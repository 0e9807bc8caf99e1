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
  type?: string;
  geometry: { type: string; coordinates: unknown };
  properties: Record<string, unknown>;
}

export interface Features {
  type?: string;
  features: Feature[];
}

/** *found* with the name of each area: its own, else that of *names* by its id, else none. */
export function withNames(found: Features, names: ReadonlyMap<string, string>): Features {
  const named = (properties: Record<string, unknown>) =>
    typeof properties.name === "string" ? properties.name : (names.get(String(properties.id)) ?? "");
  return {
    type: "FeatureCollection",
    features: found.features.map((each) => ({
      ...each,
      properties: { ...each.properties, name: named(each.properties) },
    })),
  };
}

/** A point for the name of each area: its centre, or the middle of its outline. */
export function namePoints(areas: Features): Features {
  return {
    type: "FeatureCollection",
    features: areas.features.flatMap(({ geometry, properties }) => {
      const box = boxOf(positionsOf(geometry.coordinates));
      if (box === null) return [];
      const [west, south, east, north] = box;
      const coordinates = [(west + east) / 2, (south + north) / 2];
      return [{ type: "Feature", geometry: { type: "Point", coordinates }, properties }];
    }),
  };
}

/** All positions within the coordinates of a geometry, however deep. */
function positionsOf(coordinates: unknown): Pick<Place, "lon" | "lat">[] {
  if (!Array.isArray(coordinates)) return [];
  const [lon, lat] = coordinates as unknown[];
  if (typeof lon === "number" && typeof lat === "number") return [{ lon, lat }];
  return (coordinates as unknown[]).flatMap(positionsOf);
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

/** Where a press on the premises *id* leads: to its worst incident; null where nothing is open there. */
export function incidentAt(id: string, listed: readonly Listed[]): string | null {
  return listed.find((each) => each.id === id)?.incident ?? null;
}

/** The incidents that are listed: each fire, and of all others as many as *most*; the rest is counted. */
export function folded(listed: readonly Listed[], most: number): { shown: Listed[]; rest: number } {
  const fires = listed.filter((each) => each.state === "fire" || each.state === "suspected").length;
  const shown = listed.slice(0, fires + most);
  return { shown, rest: listed.length - shown.length };
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
export function boxOf(
  places: readonly Pick<Place, "lon" | "lat">[],
): [number, number, number, number] | null {
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
