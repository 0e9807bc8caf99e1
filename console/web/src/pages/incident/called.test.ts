import { expect, test } from "vitest";

import type { Fire } from "../../live/events";
import { notCalled, toCall, type Unit } from "./called";

const person = (contact: string) => ({ contact, name: contact, phone: "0120" });
const unit = (id: string, more: Partial<Unit> = {}) =>
  ({ id, name: `Đội ${id}`, on_duty: [], contacts: [person(`${id}-1`)], ready: [], ...more }) as Unit;
const TEAM = unit("a", {
  on_duty: [person("truc")],
  ready: [{ id: "xe", on_duty: [person("lai-xe")] }] as unknown as Unit["ready"],
});
const OTHER = unit("b");
const force = (kind: string, id: string, state = "under_way") => ({
  kind,
  id,
  name: id,
  state,
  sent_at: 5,
});
const call = (data: object, at = 9) => ({ at, event: "call", data });
const fire = (forces: object[], timeline: object[] = []) => ({ forces, timeline }) as unknown as Fire;
const names = (given: Fire) => notCalled(given, [TEAM, OTHER]).map((each) => each.id);

test("whoever is on duty is called, else the contacts of the unit, and the crew of a means first", () => {
  const people = (...chosen: string[]) =>
    toCall([TEAM, OTHER], new Set(chosen)).map((each) => each.people.map(({ contact }) => contact));
  expect(people("a", "b")).toEqual([["truc"], ["b-1"]]);
  expect(people("xe")).toEqual([["lai-xe", "truc"]]);
  expect(people()).toEqual([]);
});

test("each force that is under way is to be called, one in words too, until it is there", () => {
  expect(names(fire([force("unit", "a"), force("means", "xe"), force("named", "Dân quân")]))).toEqual([
    "a",
    "Dân quân",
  ]);
  expect(names(fire([force("unit", "a", "on_scene"), force("unit", "b")]))).toEqual(["b"]);
});

test("an answered call to one of its people, since it was sent, is enough", () => {
  const sent = [force("unit", "a")];
  expect(names(fire(sent, [call({ contact: "truc", answered: true })]))).toEqual([]);
  expect(names(fire(sent, [call({ contact: "truc", answered: false })]))).toEqual(["a"]);
  expect(names(fire(sent, [call({ contact: "b-1", answered: true })]))).toEqual(["a"]);
  expect(names(fire(sent, [call({ contact: "truc", answered: true }, 4)]))).toEqual(["a"]);
});
