/** The open fires in their order, for all that shows them. */
import { useMemo } from "react";

import type { Fire } from "../live/events";
import { useLive } from "../live/live";
import { firesInOrder } from "./order";

export function useFires(): Fire[] {
  const open = useLive((live) => live.open);
  return useMemo(() => firesInOrder(open.values()), [open]);
}

/** The address of the page of an incident. */
export const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;
