import { expect, test } from "vitest";

import type { Fire } from "../../live/events";
import { isReady, quietPoints, type Wish } from "./override";

const wish = (change: Partial<Wish>): Wish => ({
  kind: "silence",
  minutes: "60",
  points: [],
  tester: null,
  note: "",
  ...change,
});

test.each([
  [wish({}), true],
  [wish({ minutes: "" }), false],
  [wish({ minutes: "an hour" }), false],
  [wish({ kind: "drill" }), false],
  [wish({ kind: "drill", points: ["s1"] }), true],
  [wish({ kind: "test", points: ["s1"] }), false],
  [wish({ kind: "test", points: ["s1"], tester: "an" }), true],
])("an override is ordered once it has what its kind needs", (given, ready) => {
  expect(isReady(given)).toBe(ready);
});

test("points in fire are in no test and in no drill; those that were restored may be", () => {
  const points = [
    { name: "s1", restored_at: null },
    { name: "s2", restored_at: 1 },
  ];
  const found = quietPoints([{ id: "s1" }, { id: "s2", place: "Hall" }, { id: "s3" }], {
    points,
  } as unknown as Fire);
  expect(found).toEqual([
    { id: "s2", place: "Hall" },
    { id: "s3", place: "" },
  ]);
});
