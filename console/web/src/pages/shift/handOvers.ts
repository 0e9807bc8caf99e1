/** The hand-overs of the center, the latest first. */
import { useQuery } from "@tanstack/react-query";

import { answer, api } from "../../api/client";

export const HAND_OVERS = ["shifts"];

/** Milliseconds between two looks: another screen may have signed. */
const LOOK_EACH = 10_000;

export function useHandOvers() {
  return useQuery({
    queryKey: HAND_OVERS,
    queryFn: () => answer(api.GET("/api/v1/shifts/hand-over", { params: { query: { limit: 3 } } })),
    refetchInterval: LOOK_EACH,
  });
}
