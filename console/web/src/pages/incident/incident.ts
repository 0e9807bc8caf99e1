/** What the center says of one incident: asked for, and asked again whenever something happens in it. */
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";

import { answer, api, type Schemas } from "../../api/client";
import type { Fire, Incident } from "../../live/events";
import { useLive } from "../../live/live";
import { useWords } from "../../words/words";

export type Scene = Schemas["IncidentScene"];
export type Explanation = Schemas["Explanation"];

/** Milliseconds between two times of asking, however much happens. */
const PAUSE = 1_000;

const of = (id: string) => ({ params: { path: { id } } });

/** The incident with its timeline and its people: the row of the stream, where it is newer, counts for the rest. */
export function useIncident(id: string): { incident: Incident | undefined; error: Error | null } {
  const asked = useQuery({
    queryKey: ["incident", id],
    queryFn: () => answer(api.GET("/api/v1/incidents/{id}", of(id))),
  });
  const row = useLive((live) => live.open.get(id));
  const incident = useMemo(() => merged(asked.data, row), [asked.data, row]);
  return { incident, error: asked.error };
}

/** A closed incident is no longer in the stream; a row has the newest state, and leaves out what is long. */
function merged(asked: Incident | undefined, row: Incident | undefined): Incident | undefined {
  if (asked === undefined || row === undefined) return asked ?? row;
  if (asked.kind !== "fire" || row.kind !== "fire") return asked;
  return { ...asked, ...newest(asked, row) };
}

const newest = (asked: Fire, row: Fire): Partial<Fire> => ({
  ...row,
  points: row.more_points > 0 ? asked.points : row.points,
  ...(asked.timeline === undefined ? {} : { timeline: asked.timeline }),
  ...(asked.told === undefined ? {} : { told: asked.told }),
  ...(asked.deliveries === undefined ? {} : { deliveries: asked.deliveries }),
});

export function useScene(id: string): UseQueryResult<Scene> {
  return useQuery({
    queryKey: ["incident", id, "scene"],
    queryFn: () => answer(api.GET("/api/v1/incidents/{id}/scene", of(id))),
  });
}

export function useExplanation(id: string): UseQueryResult<Explanation> {
  const { language } = useWords();
  return useQuery({
    queryKey: ["incident", id, "explanation", language],
    queryFn: () =>
      answer(
        api.GET("/api/v1/incidents/{id}/explanation", {
          params: { path: { id }, query: { lang: language } },
        }),
      ),
  });
}

export function useProcedure(id: string): UseQueryResult<Schemas["IncidentProcedure"]> {
  return useQuery({
    queryKey: ["incident", id, "procedure"],
    queryFn: () => answer(api.GET("/api/v1/incidents/{id}/procedure", of(id))),
  });
}

/** Asks again for all of the incident, soon after something happened in it, or another one opened or ended there. */
export function useRefresh(id: string): void {
  const client = useQueryClient();
  const row = useLive((live) => live.open.get(id));
  const premises = client.getQueryData<Incident>(["incident", id])?.premises.id;
  const there = useLive((live) => firesAt(premises, live.open.values()));
  const last = useLive((live) => live.entries.findLast((each) => each.incident === id)?.id);
  const asked = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, asked.current + PAUSE - performance.now());
    const timer = window.setTimeout(() => {
      asked.current = performance.now();
      void client.invalidateQueries({ queryKey: ["incident", id] }, { cancelRefetch: false });
    }, wait);
    return () => window.clearTimeout(timer);
  }, [client, id, row, last, there]);
}

/** The ids of the open fires at *premises*, in one line. */
function firesAt(premises: string | undefined, open: Iterable<Incident>): string {
  const fires = [...open].filter((each) => each.kind === "fire" && each.premises.id === premises);
  return fires.map((each) => each.id).join(" ");
}
