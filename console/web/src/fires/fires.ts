/** The open fires in their order, for all that shows them. */
import { useMemo } from "react";

import type { Fire } from "../live/events";
import { useLive } from "../live/live";
import { heardBy } from "../training/training";
import { firesInOrder } from "./order";

export function useFires(): Fire[] {
  const open = useLive((live) => live.open);
  return useMemo(() => firesInOrder(open.values()), [open]);
}

/** The open fires that are this person's work: a training of another one is not. */
export function useOwnFires(): Fire[] {
  const fires = useFires();
  const account = useLive((live) => live.who?.account ?? "");
  return useMemo(() => heardBy(fires, account), [fires, account]);
}

/** The address of the page of an incident. */
export const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;
