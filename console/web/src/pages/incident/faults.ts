/** The faults that stand at the premises of a fire: those of gateways and lines first. Pure. */
import type { Fire, Incident } from "../../live/events";

type Fault = Extract<Incident, { kind: "fault" }>;

export interface StandingFault {
  incident: string;
  condition: Fault["conditions"][number];
}

/** What is behind a point speaks for many: it comes before the points. */
const isOfPoint = ({ condition }: StandingFault): number => (condition.scope === "point" ? 1 : 0);

export function faultsAt(open: ReadonlyMap<string, Incident>, fire: Fire): StandingFault[] {
  const found: StandingFault[] = [];
  for (const each of open.values())
    if (each.kind === "fault" && each.premises.id === fire.premises.id)
      for (const condition of each.conditions)
        if (condition.restored_at === null) found.push({ incident: each.id, condition });
  return found.sort((a, b) => isOfPoint(a) - isOfPoint(b) || a.condition.since - b.condition.since);
}
