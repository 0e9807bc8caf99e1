/** Whom to telephone of the forces that are sent: the center records a dispatch, and sends it to nobody. Pure. */
import type { Schemas } from "../../api/client";
import type { Entry, Fire, Micros } from "../../live/events";

export type Unit = Schemas["SceneUnit"];
export type OnDuty = Schemas["OnDuty"];
type Force = Fire["forces"][number];

/** A force, and its people: none where the registry has none of it. */
export interface Called {
  id: string;
  name: string;
  people: OnDuty[];
}

/** Those who answer for *unit* now: who is on duty, else its contacts. */
export const peopleOf = (unit: Unit): OnDuty[] =>
  unit.on_duty.length > 0 ? unit.on_duty : unit.contacts;

/** The units of *units* that are chosen, by themselves or by one of their means, with whom to call. */
export function toCall(units: readonly Unit[], chosen: ReadonlySet<string>): Called[] {
  return units.flatMap((unit) => {
    const crews = unit.ready.filter((each) => chosen.has(each.id)).flatMap((each) => each.on_duty);
    const isNamed = unit.ready.some((each) => chosen.has(each.id));
    if (!chosen.has(unit.id) && !isNamed) return [];
    return [{ id: unit.id, name: unit.name, people: once([...crews, ...peopleOf(unit)]) }];
  });
}

/** The forces of *fire* that are under way, whom nobody is known to have telephoned since they were sent. */
export function notCalled(fire: Fire, units: readonly Unit[]): Called[] {
  const away = fire.forces.filter((each) => each.state !== "on_scene");
  const known = toCall(units, new Set(away.map((each) => each.id)));
  const others = away.filter((each) => !isOf(each, known, units));
  const since = new Map(away.map((each) => [each.id, each.sent_at]));
  return [...known, ...others.map(({ id, name }) => ({ id, name, people: [] }))].filter(
    (each) => !wasCalled(each, fire.timeline ?? [], since.get(each.id) ?? 0),
  );
}

const once = (people: readonly OnDuty[]): OnDuty[] => [
  ...new Map(people.map((each) => [each.contact, each])).values(),
];

/** Whether *force* is one of *known*, or a means of one. */
function isOf(force: Force, known: readonly Called[], units: readonly Unit[]): boolean {
  const owner = units.find((unit) => unit.ready.some((each) => each.id === force.id))?.id;
  return known.some((each) => each.id === force.id || each.id === owner);
}

/** Whether a call that was answered is noted, to one of the people of *called* or to its name. */
function wasCalled(called: Called, timeline: readonly Entry[], since: Micros): boolean {
  const contacts = new Set(called.people.map((each) => each.contact));
  return timeline.some(({ at, event, data }) => {
    if (event !== "call" || at < since) return false;
    const { answered, contact, whom } = data as Readonly<Record<string, unknown>>;
    return answered === true && (contacts.has(String(contact)) || whom === called.name);
  });
}
