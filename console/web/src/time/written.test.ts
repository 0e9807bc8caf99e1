import { expect, test } from "vitest";

import { ageOf, duration, written } from "./written";

test.each([
  [0, "0:00"],
  [65.9, "1:05"],
  [3_723, "1:02:03"],
  [-0.5, "0:00"],
  [-61, "-1:01"],
])("%d seconds are shown as %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test("a time is that of Viet Nam, with its day where it is not today", () => {
  const wall = Date.UTC(2026, 6, 1, 18, 0, 0);
  const at = Date.UTC(2026, 6, 1, 16, 30, 5) * 1_000;
  expect([written(at, wall, "en"), written(at, Date.UTC(2026, 6, 1, 10), "en")]).toEqual([
    "23:30:05 01/07/2026",
    "23:30:05",
  ]);
});

test.each([
  [-3, "seconds", 0, 0],
  [59.9, "seconds", 59, 0],
  [60, "minutes", 1, 0],
  [3_599, "minutes", 59, 0],
  [3_723, "hours", 1, 2],
  [86_399, "hours", 23, 59],
  [200_000, "days", 2, 0],
])("%d seconds ago are told in %s", (seconds, unit, count, rest) => {
  expect(ageOf(seconds)).toEqual({ unit, count, rest });
});
