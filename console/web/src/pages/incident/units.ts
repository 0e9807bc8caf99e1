/** The units that may be sent to a fire. Pure. */
import type { Unit } from "./called";
import type { Scene } from "./incident";

/** Those that are responsible first; each unit once. */
export function unitsOf(scene: Scene | undefined): Unit[] {
  const all = [...(scene?.responsible ?? []), ...(scene?.units ?? [])];
  return [...new Map(all.map((each) => [each.id, each])).values()];
}
