/** What the map is drawn from, all of it served by the center. */
import { useQuery } from "@tanstack/react-query";

import { answer, api, Refused } from "../../api/client";
import { useMay } from "../../data/may";
import type { Features } from "./places";

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

export function useMapAreas() {
  return useQuery({
    queryKey: ["map", "areas"],
    queryFn: () => features("/map/areas.geojson"),
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

export type ResourceKind = "units" | "water" | "means";

export interface Resource {
  key: string;
  kind: ResourceKind;
  name: string;
  lon: number;
  lat: number;
}

/** Stations, water and engines that have a position; engines without one stand at their unit. */
export function useResources() {
  const may = useMay("registry:read");
  return useQuery({
    queryKey: ["map", "resources"],
    queryFn: async () => {
      const tables: ResourceKind[] = ["units", "water", "means"];
      return (await Promise.all(tables.map(rowsOf))).flat();
    },
    staleTime: STAYS,
    enabled: may,
  });
}

async function rowsOf(kind: ResourceKind): Promise<Resource[]> {
  const found: Resource[] = [];
  let after: string | null = "";
  while (after !== null) {
    const part: { rows: { key: string; row: Record<string, unknown> }[]; next: string | null } =
      await answer(
        api.GET("/api/v1/registry/{table}", {
          params: { path: { table: kind }, query: { limit: 500, ...(after === "" ? {} : { after }) } },
        }),
      );
    for (const { key, row } of part.rows)
      if (typeof row.lon === "number" && typeof row.lat === "number")
        found.push({ key, kind, name: String(row.name), lon: row.lon, lat: row.lat });
    after = part.next;
  }
  return found;
}
