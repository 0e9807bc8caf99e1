import { expect, test } from "vitest";

import type { Incident } from "../live/events";
import { inForce, ordered, standingOf, walkOf, type Override } from "./overrides";

const override = (changes: object): Override =>
  ({ kind: "test", id: "t", phase: "ordered", begins_at: 10, ends_at: 20, ...changes }) as Override;

test.each<[string, object, number]>([
  ["to_come", {}, 9],
  ["in_force", {}, 10],
  ["in_force", {}, 19],
  ["over", {}, 20],
  ["pending", { phase: "pending_approval" }, 15],
  ["over", { phase: "closed" }, 15],
])("an override is %s", (standing, changes, now) => {
  expect(standingOf(override(changes), now)).toBe(standing);
});

test("only overrides in force are in the banner, the first to end first", () => {
  const open = [
    override({ id: "later", ends_at: 30 }),
    override({ id: "sooner" }),
    override({ id: "pending", phase: "pending_approval" }),
    { kind: "fire", id: "f" } as Incident,
  ];
  expect(inForce(open, 15).map((each) => each.id)).toEqual(["sooner", "later"]);
});

test("what waits for a second person stands first", () => {
  const open = [
    override({ id: "in force" }),
    override({ id: "to come", begins_at: 18 }),
    override({ id: "pending", phase: "pending_approval" }),
  ];
  expect(ordered(open, 15).map((each) => each.id)).toEqual(["pending", "in force", "to come"]);
});

const POINTS = [
  { name: "a", place: "Cửa", zone: "hall" },
  { name: "b", place: "Kho", zone: "store" },
];
const signal = (name: string, at: number, edge = "raised") => ({ name, kind: "fire", edge, at });

test("points tick off as they are tripped, what is left stands first", () => {
  const walk = walkOf({ zones: [], points: [], signals: [signal("a", 5), signal("a", 3)] }, POINTS);
  expect(walk).toEqual([
    { name: "b", place: "Kho", trippedAt: null },
    { name: "a", place: "Cửa", trippedAt: 3 },
  ]);
});

test("a point that was only restored was not tripped", () => {
  const test = { zones: ["hall"], points: [], signals: [signal("a", 5, "restored")] };
  expect(walkOf(test, POINTS)).toEqual([{ name: "a", place: "Cửa", trippedAt: null }]);
});

test("a named point that the registry does not have is walked to all the same", () => {
  const test = { zones: [], points: ["z"], signals: [signal("y", 5)] };
  expect(walkOf(test, POINTS).map((each) => each.name)).toEqual(["z", "y"]);
});
