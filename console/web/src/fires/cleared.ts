/** Suspicions that closed themselves a short while ago: nobody has to look for where a row went. */
import { useQuery } from "@tanstack/react-query";

import { answer, api } from "../api/client";
import { useMay } from "../data/may";
import type { Fire, Incident, Micros } from "../live/events";
import { useCenterNow } from "../live/live";

/** Microseconds for which the queue names them. */
export const NAMED_FOR: Micros = 900_000_000;

/** Closed fires that one look asks for. */
const ASKED = 50;

/** Those of *closed* that the center itself closed within the last quarter of an hour, the newest first. Pure. */
export function clearedOf(closed: readonly Incident[], now: Micros): Fire[] {
  return closed
    .filter((each) => each.kind === "fire")
    .filter((each) => each.outcome === "cleared" && (each.closed_at ?? 0) > now - NAMED_FOR)
    .sort((a, b) => (b.closed_at ?? 0) - (a.closed_at ?? 0));
}

/** Below this key all that is asked of incidents that are closed. */
export const CLOSED_KEY = ["incidents", "closed"] as const;

/** The suspicions that closed themselves; undefined while nothing is known of them. */
export function useCleared(): Fire[] | undefined {
  const now = useCenterNow();
  const asked = useQuery({
    queryKey: [...CLOSED_KEY, "fire"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/incidents", {
          params: { query: { state: "closed", kind: "fire", limit: ASKED } },
        }),
      ),
    enabled: useMay("incidents:read"),
  });
  return asked.data === undefined ? undefined : clearedOf(asked.data.incidents, now);
}
