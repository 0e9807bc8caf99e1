/** Readings of the detectors of the zones in fire, from half an hour before it began. */
import { useQueries, useQuery } from "@tanstack/react-query";

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

export function useReadings(fire: Fire): Found {
  const premises = fire.premises.id;
  const counts = useQuery({
    queryKey: ["readings", premises, "counts"],
    queryFn: () => answer(api.GET("/api/v1/readings/count", { params: { query: { premises } } })),
  });
  const place = useQuery({
    queryKey: ["premises", premises],
    queryFn: () => answer(api.GET("/api/v1/premises/{premises}", { params: { path: { premises } } })),
    staleTime: Infinity,
  });
  const keys = seriesOf(fire, counts.data?.counts ?? [], place.data?.tables.points ?? []);
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
