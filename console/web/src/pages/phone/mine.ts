/** What burns at one's own premises, and how the devices there are. Pure. */
import type { Fire, Incident } from "../../live/events";

/** How far help is on its way, by the phase of a fire. */
export type Coming = "not_taken" | "taken" | "on_the_way" | "there" | "under_control";

const COMING: Partial<Record<string, Coming>> = {
  acknowledged: "taken",
  dispatched: "on_the_way",
  on_scene: "there",
  under_control: "under_control",
};

export const comingOf = (fire: Fire): Coming => COMING[fire.phase] ?? "not_taken";

/** The open fires: real ones before exercises, confirmed ones before suspected ones, the latest first. */
export function firesOf(open: Iterable<Incident>): Fire[] {
  const fires = [...open].filter((each) => each.kind === "fire");
  return fires.sort(
    (a, b) =>
      Number(a.exercise) - Number(b.exercise) ||
      Number(a.phase === "suspected") - Number(b.phase === "suspected") ||
      b.opened_at - a.opened_at,
  );
}

export interface OpenTrouble {
  key: string;
  premises: string;
  name: string;
  reason: string;
  since: number;
}

/** The center's own faults are no matter of premises. */
const CENTER = "~center";

/** The faults and supervisory conditions that stand, the longest first. */
export function troublesOf(open: Iterable<Incident>): OpenTrouble[] {
  const found: OpenTrouble[] = [];
  for (const incident of open) {
    if (incident.kind !== "fault" && incident.kind !== "supervisory") continue;
    if (incident.premises.id === CENTER) continue;
    for (const each of incident.conditions)
      if (each.restored_at == null)
        found.push({
          key: `${incident.id}/${each.gateway}/${each.scope}/${each.name}/${each.kind}/${each.reason}`,
          premises: incident.premises.name || incident.premises.id,
          name: each.name,
          reason: each.reason,
          since: each.since,
        });
  }
  return found.sort((a, b) => a.since - b.since);
}

/** The number of *phone* to call; null of one that is masked, which nobody can call. */
export function dialled(phone: string): string | null {
  const number = phone.replace(/[\s().-]/gu, "");
  return /^\+?\d{3,15}$/u.test(number) ? number : null;
}
