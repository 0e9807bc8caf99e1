/** What burns at one's own premises, and how the devices there are. Pure. */
import type { Schemas } from "../../api/client";
import type { Fire, Incident } from "../../live/events";
import type { Language } from "../../words/words";

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

type Step = Schemas["IncidentStep"];

/** The steps of the premises' own people. */
export const stepsOfMine = (steps: readonly Step[]): Step[] =>
  steps.filter(({ part }) => part === "premises");

/** The words of a step in *language*, or what there is. */
export const stepText = (step: Step, language: Language): string =>
  (language === "en" && step.text_en !== "" ? step.text_en : step.text) || step.step;

export type ToldState = "delivered" | "seen" | "answered";

/** How far the message to *person* came: to have seen it is no answer, and an answer is more than that. */
export function statesOf(
  person: Pick<Schemas["PersonTold"], "delivered_at" | "seen_at" | "answers">,
): { state: ToldState; done: boolean }[] {
  return [
    { state: "delivered", done: person.delivered_at !== null },
    { state: "seen", done: person.seen_at !== null },
    { state: "answered", done: person.answers.some(({ kind }) => kind !== "seen") },
  ];
}

interface Burning {
  points: readonly Pick<Schemas["BurningPoint"], "gateway" | "point" | "place" | "room">[];
}

/** Where a point is, in the words of the premises; its zone and name until these are known. */
export function placeOf(
  point: Pick<Fire["points"][number], "gateway" | "name" | "zone">,
  burning: Burning | undefined,
): string {
  const found = burning?.points.find(
    (each) => each.gateway === point.gateway && each.point === point.name,
  );
  const words = [found?.place, found?.room].filter(Boolean).join(", ");
  return words === "" ? [point.zone, point.name].filter(Boolean).join(" ") : words;
}
