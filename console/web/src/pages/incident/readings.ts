/** Readings of the detectors of the zones in fire, from half an hour before it began. */
import { useQueries, useQuery } from "@tanstack/react-query";

import { useMemo } from "react";

import { answer, api, type Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { seriesOf, type SeriesKey } from "./series";

export type Readings = Schemas["Readings"];

/** Microseconds before the fire that are shown. */
const BEFORE = 1_800_000_000;

/** Points of a line: more than a screen has columns tells nothing. */
const MOST = 600;

/** Milliseconds after which readings are asked for again. */
const AGAIN = 15_000;

export interface Found {
  readings: Readings[];
  /** Whether ingest did not answer. */
  failed: boolean;
}

/** The rows of the premises in the registry. */
function usePremisesOf(fire: Fire) {
  const premises = fire.premises.id;
  return useQuery({
    queryKey: ["premises", premises],
    queryFn: () => answer(api.GET("/api/v1/premises/{premises}", { params: { path: { premises } } })),
    staleTime: Infinity,
  });
}

/** The points of the premises, as the registry has them: of each its id, its zone and its place. */
export function useRegisteredPoints(fire: Fire): readonly Record<string, unknown>[] {
  return usePremisesOf(fire).data?.tables.points ?? NONE;
}

const NONE: readonly Record<string, unknown>[] = [];

/** Places of points, by the id of each. */
export function usePlaces(fire: Fire): ReadonlyMap<string, string> {
  const points = useRegisteredPoints(fire);
  return useMemo(
    () =>
      new Map(points.map((each) => [String(each.id), typeof each.place === "string" ? each.place : ""])),
    [points],
  );
}

export function useReadings(fire: Fire): Found {
  const premises = fire.premises.id;
  const counts = useQuery({
    queryKey: ["readings", premises, "counts"],
    queryFn: () => answer(api.GET("/api/v1/readings/count", { params: { query: { premises } } })),
  });
  const keys = seriesOf(fire, counts.data?.counts ?? [], useRegisteredPoints(fire));
  const asked = useQueries({ queries: keys.map((key) => query(fire, key)) });
  return {
    readings: asked.flatMap((each) => each.data ?? []),
    failed: counts.isError || asked.some((each) => each.isError),
  };
}

function query(fire: Fire, { point, quantity }: SeriesKey) {
  const asked = {
    premises: fire.premises.id,
    point,
    quantity,
    from: String(fire.opened_at - BEFORE),
    max_points: MOST,
    ...(fire.closed_at === null ? {} : { to: String(fire.closed_at) }),
  };
  return {
    queryKey: ["readings", fire.id, point, quantity],
    queryFn: () => answer(api.GET("/api/v1/readings", { params: { query: asked } })),
    refetchInterval: fire.closed_at === null ? AGAIN : (false as const),
  };
}
