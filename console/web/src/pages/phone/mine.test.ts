import { expect, test } from "vitest";

import type { Fire, Incident } from "../../live/events";
import {
  comingOf,
  dialled,
  firesOf,
  placeOf,
  statesOf,
  stepsOfMine,
  stepText,
  troublesOf,
} from "./mine";
import { lastSaid, peopleOf } from "./said";

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

const step = (part: string, text_en = "") =>
  ({ step: "cat-dien", part, text: "Cắt điện", text_en }) as Parameters<typeof stepText>[0];

test("steps of the desk are not those of the premises' people", () => {
  expect(stepsOfMine([step("verify"), step("premises"), step("close")])).toEqual([step("premises")]);
});

test("a step is read in one's language where it has one", () => {
  expect(stepText(step("premises", "Cut the power"), "en")).toBe("Cut the power");
  expect(stepText(step("premises"), "en")).toBe("Cắt điện");
  expect(stepText({ ...step("premises"), text: "" }, "vi")).toBe("cat-dien");
});

test("to have seen a message is no answer, and what was not delivered may be seen", () => {
  const seen = { kind: "seen", at: 2, over: "sms", people: null, text: "" } as const;
  const states = statesOf({ delivered_at: null, seen_at: 2, answers: [seen] });
  expect(states.map(({ done }) => done)).toEqual([false, true, false]);
  const said = statesOf({ delivered_at: 1, seen_at: 2, answers: [seen, { ...seen, kind: "real" }] });
  expect(said.every(({ done }) => done)).toBe(true);
});

test("what I said is shown, and what others said is not mine", () => {
  const answers = [
    { by: "Ông Hai", answer: "checking", at: 1 },
    { by: "Anh Ba", answer: "real", at: 2 },
    { by: "Ông Hai", answer: "people_inside", at: 3, people: 5 },
    { by: "Ông Hai", answer: "an answer of a newer center", at: 4 },
  ] as unknown as Fire["answers"];
  expect(lastSaid({ answers }, "Ông Hai").map(({ answer, people }) => [answer, people])).toEqual([
    ["checking", null],
    ["people_inside", 5],
  ]);
});

test.each([
  ["0", 0],
  [" 12 ", 12],
  ["", null],
  ["-1", null],
  ["12345", null],
  ["năm", null],
])("%s people inside are %s", (text, people) => {
  expect(peopleOf(text)).toBe(people);
});

test("a point is read by its place, and by its name until that is known", () => {
  const point = { gateway: "gw-1", name: "khoi-1", zone: "hall" };
  const known = { gateway: "gw-1", point: "khoi-1", place: "Quầy vải 1", room: null };
  expect(placeOf(point, { points: [known] })).toBe("Quầy vải 1");
  expect(placeOf(point, undefined)).toBe("hall khoi-1");
});
