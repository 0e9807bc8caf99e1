/** What whoever signs a shift has read, and what came since. Pure but for the hook. */
import { useState } from "react";

import type { Incident } from "../../live/events";
import { useLive } from "../../live/live";
import { isTraining } from "../../training/training";

/** The open matters that a shift hands over: a training ends with who learns. */
export const handedOver = (open: Iterable<Incident>): Incident[] =>
  [...open].filter((each) => each.kind !== "fire" || !isTraining(each));

/** Those of *matters* that are not among the *read* ones. */
export const unreadOf = (matters: readonly Incident[], read: ReadonlySet<string>): Incident[] =>
  matters.filter((each) => !read.has(each.id));

/** Whether *incident* waits for a second person. */
export const waitsForApproval = (incident: Incident): boolean =>
  incident.phase === "pending_approval" || (incident.kind === "fire" && incident.closing !== null);

export interface Reading {
  /** The open matters that were not read yet. */
  fresh: Incident[];
  /** Whether others were read before them. */
  begun: boolean;
  /** The ids that were read, as the center compares them. */
  read: string[];
  onRead: () => void;
}

/** The reading of all open matters by one person, who has read the *listed* ones. */
export function useReading(listed: readonly string[]): Reading {
  const open = useLive((live) => live.open);
  const [more, setMore] = useState<readonly string[]>([]);
  const matters = handedOver(open.values());
  const read = new Set([...listed, ...more]);
  return {
    fresh: unreadOf(matters, read),
    begun: read.size > 0,
    read: matters.filter((each) => read.has(each.id)).map((each) => each.id),
    onRead: () => setMore([...more, ...matters.map((each) => each.id)]),
  };
}
