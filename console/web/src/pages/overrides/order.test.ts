import { expect, test } from "vitest";

import { isCovered, missingOf, NOTHING, requestOf, zonesOf } from "./order";

const TEST = { ...NOTHING, premises: "market", zones: ["hall"], tester: "tho" };

test.each([
  ["premises", { premises: null }],
  ["points", { zones: [], points: [] }],
  ["tester", { tester: null }],
  [null, {}],
  [null, { kind: "silence", zones: [], tester: null }],
  ["points", { kind: "drill", zones: [], tester: null }],
] as const)("%s is missing", (missing, changes) => {
  expect(missingOf({ ...TEST, ...changes })).toBe(missing);
});

test("only a test has a tester", () => {
  expect(requestOf({ ...TEST, kind: "drill" }).tester).toBeNull();
  expect(requestOf(TEST)).toMatchObject({ premises: "market", zones: ["hall"], tester: "tho" });
});

test("points stand in their zones, those of no zone come last", () => {
  const points = [
    { id: "a", zone: "hall", kind: "smoke", place: "Kho" },
    { id: "b", kind: "manual", place: "Cửa" },
  ];
  const zones = zonesOf([{ id: "hall", name: "Nhà lồng" }], points);
  expect(zones.map((each) => [each.name, each.points.map((point) => point.id)])).toEqual([
    ["Nhà lồng", ["a"]],
    ["", ["b"]],
  ]);
});

test("a zone as a whole does not take its call points", () => {
  expect(isCovered({ id: "b", kind: "manual", place: "" })).toBe(false);
});
