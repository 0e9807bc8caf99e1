/** Who commands, who is near and what is where, at the premises of a fire: asked for now and then. */
import { useQuery } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { useMay } from "../../data/may";
import type { Fire } from "../../live/events";

/** Milliseconds between two looks at who commands and who is near. */
const LOOK_EACH = 60_000;

export function useSceneOf(fire: Fire) {
  return useQuery({
    // Points that join the fire have places, too.
    queryKey: ["scene", fire.id, fire.points.length],
    queryFn: () =>
      answer(api.GET("/api/v1/incidents/{id}/scene", { params: { path: { id: fire.id } } })),
    refetchInterval: LOOK_EACH,
    enabled: useMay("incidents:read"),
    placeholderData: (before) => before,
  });
}
