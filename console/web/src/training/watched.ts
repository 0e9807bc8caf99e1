/** The training of this tab, kept until the one who learned has read how it went. */
import { useEffect, useState } from "react";

import type { Fire } from "../live/events";
import { withClock, type SeenClock } from "./training";

export interface Watched {
  id: string;
  clocks: readonly SeenClock[];
}

const REMEMBERED = "tocsin.training";

function remembered(): Watched | null {
  const kept = sessionStorage.getItem(REMEMBERED);
  return kept === null ? null : (JSON.parse(kept) as Watched);
}

function remember(watched: Watched | null): void {
  if (watched === null) sessionStorage.removeItem(REMEMBERED);
  else sessionStorage.setItem(REMEMBERED, JSON.stringify(watched));
}

/** What was seen of *before* and of *fire*, which may be another training. */
function seen(before: Watched | null, fire: Fire): Watched {
  const known = before?.id === fire.id ? before : { id: fire.id, clocks: [] };
  const clocks = withClock(known.clocks, fire);
  return clocks === known.clocks ? known : { id: fire.id, clocks };
}

/** The training that is under way, or that ended and was not put away; and what puts it away. */
export function useWatched(own: Fire | null): [Watched | null, () => void] {
  const [watched, setWatched] = useState(remembered);
  const next = own === null ? watched : seen(watched, own);
  if (next !== watched) setWatched(next);
  useEffect(() => remember(next), [next]);
  return [next, () => setWatched(null)];
}
