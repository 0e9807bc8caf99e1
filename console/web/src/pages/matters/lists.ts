/** The lists of what is no fire, the newest first. Pure. */
import type { Incident } from "../../live/events";

export interface Matters {
  fault: Incident[];
  supervisory: Incident[];
  /** Tests, drills, silences, maintenance. */
  override: Incident[];
}

export function mattersOf(open: Iterable<Incident>): Matters {
  const lists: Matters = { fault: [], supervisory: [], override: [] };
  for (const each of open) listOf(lists, each)?.push(each);
  for (const list of Object.values(lists) as Incident[][])
    list.sort((a, b) => b.opened_at - a.opened_at || (a.id < b.id ? -1 : 1));
  return lists;
}

function listOf(lists: Matters, { kind }: Incident): Incident[] | null {
  if (kind === "fire") return null;
  return kind === "fault" || kind === "supervisory" ? lists[kind] : lists.override;
}
