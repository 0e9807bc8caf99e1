import { expect, test } from "vitest";

import type { Fire, Incident } from "../../live/events";
import { comingOf, dialled, firesOf, troublesOf } from "./mine";

const fire = (changes: object): Fire =>
  ({ kind: "fire", id: "f", phase: "confirmed", exercise: false, opened_at: 1, ...changes }) as Fire;

test("real fires stand before exercises, confirmed before suspected, the latest first", () => {
  const open = [
    fire({ id: "exercise", exercise: true, opened_at: 9 }),
    fire({ id: "suspected", phase: "suspected", opened_at: 8 }),
    fire({ id: "older", opened_at: 1 }),
    fire({ id: "later", opened_at: 2 }),
  ];
  expect(firesOf(open).map((each) => each.id)).toEqual(["later", "older", "suspected", "exercise"]);
});

test.each([
  ["suspected", "not_taken"],
  ["confirmed", "not_taken"],
  ["a phase of a newer center", "not_taken"],
  ["acknowledged", "taken"],
  ["dispatched", "on_the_way"],
  ["on_scene", "there"],
])("of a fire that is %s help is %s", (phase, coming) => {
  expect(comingOf(fire({ phase }))).toBe(coming);
});

test("only troubles that stand are shown, the longest first", () => {
  const condition = {
    gateway: "gw-1",
    scope: "point",
    name: "smoke-01",
    kind: "fault",
    reason: "dirty",
  };
  const incident = {
    kind: "fault",
    id: "t",
    premises: { id: "market", name: "Chợ", address: "" },
    conditions: [
      { ...condition, since: 5 },
      { ...condition, name: "smoke-02", since: 3 },
      { ...condition, name: "smoke-03", since: 1, restored_at: 2 },
    ],
  } as unknown as Incident;
  const ofCenter = { ...incident, premises: { id: "~center", name: "", address: "" } };
  expect(troublesOf([incident, fire({}), ofCenter]).map((each) => each.name)).toEqual([
    "smoke-02",
    "smoke-01",
  ]);
});

test.each([
  ["0903 123 456", "0903123456"],
  ["+84 (0) 290.3823", "+8402903823"],
  ["114", "114"],
  ["*******456", null],
  ["", null],
])("the phone %s is dialled as %s", (phone, number) => {
  expect(dialled(phone)).toBe(number);
});
