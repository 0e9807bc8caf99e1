/** News about fires, as a person must hear them: who came, and what sounds until somebody acts. Pure. */
import type { Fire } from "../live/events";

export interface News {
  fire: Fire;
  what: "new" | "confirmed" | "reopened";
}

const isSuspected = (fire: Fire): boolean => fire.phase === "suspected";
const isConfirmed = (fire: Fire): boolean => fire.phase === "confirmed";

/** The news between two lists of open fires. */
export function newsOf(before: ReadonlyMap<string, Fire>, after: readonly Fire[]): News[] {
  const news: News[] = [];
  for (const fire of after) {
    const old = before.get(fire.id);
    if (old === undefined) news.push({ fire, what: "new" });
    else if (isSuspected(old) && isConfirmed(fire)) news.push({ fire, what: "confirmed" });
    else if (!waits(old) && waits(fire)) news.push({ fire, what: "reopened" });
  }
  return news;
}

/** Whether nobody has taken *fire* yet. */
export function waits(fire: Fire): boolean {
  return isSuspected(fire) || isConfirmed(fire);
}

/** What silences the tone of a fire: it sounds again where its phase is another one. */
export const quietKey = (fire: Fire): string => `${fire.id} ${fire.phase}`;

/** The tone that must sound: of the worst fire that waits and was not quieted; a drill sounds as a suspicion. */
export function toneOf(
  fires: readonly Fire[],
  quieted: ReadonlySet<string>,
): "fire" | "suspected" | null {
  const loud = fires.filter((fire) => waits(fire) && !quieted.has(quietKey(fire)));
  if (loud.some((fire) => isConfirmed(fire) && !fire.exercise)) return "fire";
  return loud.length > 0 ? "suspected" : null;
}
