/** What the map is drawn from, all of it served by the center. */
import { useQuery } from "@tanstack/react-query";

import { answer, api, Refused } from "../../api/client";
import { useMay } from "../../data/may";
import { withNames, type Features } from "./places";
import { resourcesOf, type ResourceRow } from "./resources";

/** Milliseconds for which the registry is taken as unchanged. */
const STAYS = 300_000;

async function features(path: string): Promise<Features> {
  const response = await fetch(path);
  if (!response.ok) throw new Refused(response.status, {});
  return (await response.json()) as Features;
}

export function useMapPremises() {
  return useQuery({
    queryKey: ["map", "premises"],
    queryFn: () => features("/map/premises.geojson"),
    staleTime: STAYS,
  });
}

/** Boundaries, or centres where the operator has none; a file of boundaries need not have names. */
export function useMapAreas() {
  return useQuery({
    queryKey: ["map", "areas"],
    queryFn: async () => {
      const [found, known] = await Promise.all([
        features("/map/areas.geojson"),
        answer(api.GET("/api/v1/areas", { params: { query: { limit: 5_000 } } })),
      ]);
      return withNames(found, new Map(known.areas.map((each) => [each.id, each.name])));
    },
    staleTime: STAYS,
  });
}

export function useMapSettings() {
  return useQuery({
    queryKey: ["map", "settings"],
    queryFn: () => answer(api.GET("/map/settings", {})),
    staleTime: STAYS,
  });
}

/** Stations, water, engines and boats that have a position, or stand at a unit that has one. */
export function useResources() {
  const may = useMay("registry:read");
  return useQuery({
    queryKey: ["map", "resources"],
    queryFn: async () => {
      const [units, water, means] = await Promise.all([
        rowsOf("units"),
        rowsOf("water"),
        rowsOf("means"),
      ]);
      return resourcesOf({ units, water, means });
    },
    staleTime: STAYS,
    enabled: may,
  });
}

async function rowsOf(table: "units" | "water" | "means"): Promise<ResourceRow[]> {
  const found: ResourceRow[] = [];
  let after: string | null = "";
  while (after !== null) {
    const part: { rows: { row: Record<string, unknown> }[]; next: string | null } = await answer(
      api.GET("/api/v1/registry/{table}", {
        params: { path: { table }, query: { limit: 500, ...(after === "" ? {} : { after }) } },
      }),
    );
    found.push(...part.rows.map(({ row }) => row));
    after = part.next;
  }
  return found;
}
