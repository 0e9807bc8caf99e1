import { expect, test } from "vitest";

import type { Incident } from "../../live/events";
import { mattersOf, monthOf } from "./matters";

const incident = (id: string, kind: string, opened_at: number): Incident =>
  ({ id, kind, opened_at }) as Incident;

test("all open matters are read: fires first, the oldest of each kind first", () => {
  const open = [incident("c", "fault", 1), incident("b", "fire", 3), incident("a", "fire", 2)];
  expect(mattersOf(open).map((each) => [each.kind, each.incidents.map(({ id }) => id)])).toEqual([
    ["fire", ["a", "b"]],
    ["fault", ["c"]],
  ]);
});

test.each([
  ["2026-11", { from: "2026-11-01", to: "2026-12-01" }],
  ["2026-12", { from: "2026-12-01", to: "2027-01-01" }],
  ["2026-13", null],
  ["", null],
])("the month %s has its days", (month, period) => {
  expect(monthOf(month)).toEqual(period);
});
