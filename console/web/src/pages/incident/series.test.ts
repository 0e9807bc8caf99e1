import { expect, test } from "vitest";

import type { Fire } from "../../live/events";
import { MOST_SERIES, seriesOf } from "./series";

const fire = { zones: ["hall"], points: [{ name: "s2" }, { name: "s1" }] } as unknown as Fire;
const counted = (...names: string[]) => names.map((point) => ({ point, quantity: "smoke", count: 1 }));
const points = [
  { id: "s1", zone: "hall" },
  { id: "s2", zone: "hall" },
  { id: "s3", zone: "hall" },
  { id: "far", zone: "yard" },
];

test("points in fire come first in their order, then the others of their zones, and no other", () => {
  const series = seriesOf(fire, counted("far", "s3", "s1", "s2"), points);
  expect(series.map((each) => each.point)).toEqual(["s2", "s1", "s3"]);
});

test("both quantities of a point are shown", () => {
  const both = [...counted("s1"), { point: "s1", quantity: "heat", count: 1 }];
  expect(seriesOf(fire, both, points).map((each) => each.quantity)).toEqual(["heat", "smoke"]);
});

test("no more lines are drawn than a person can read", () => {
  const many = Array.from({ length: 100 }, (_, index) => ({ id: `p${String(index)}`, zone: "hall" }));
  const series = seriesOf(fire, counted(...many.map((each) => each.id)), many);
  expect(series.length).toBe(MOST_SERIES);
});
