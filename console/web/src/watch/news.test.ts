import { expect, test } from "vitest";

import type { Fire } from "../live/events";
import { newsOf, quietKey, toneOf } from "./news";

const fire = (id: string, phase: string, exercise = false) =>
  ({ kind: "fire", id, phase, exercise }) as unknown as Fire;
const known = (...fires: Fire[]) => new Map(fires.map((each) => [each.id, each]));

test.each([
  [known(), fire("a", "suspected"), "new"],
  [known(fire("a", "suspected")), fire("a", "confirmed"), "confirmed"],
  [known(fire("a", "dispatched")), fire("a", "confirmed"), "reopened"],
])("a fire that comes, is confirmed or is open again is news", (before, after, what) => {
  expect(newsOf(before, [after]).map((each) => each.what)).toEqual([what]);
});

test("what a person did is no news", () => {
  expect(newsOf(known(fire("a", "confirmed")), [fire("a", "acknowledged")])).toEqual([]);
});

test("a confirmed fire that nobody took sounds, until it is quieted; a new phase sounds again", () => {
  const [suspected, confirmed] = [fire("a", "suspected"), fire("a", "confirmed")];
  const quieted = new Set([quietKey(suspected)]);
  expect(toneOf([suspected], new Set())).toBe("suspected");
  expect(toneOf([suspected], quieted)).toBeNull();
  expect(toneOf([confirmed], quieted)).toBe("fire");
});

test("one quieted fire does not quiet another", () => {
  expect(toneOf([fire("a", "confirmed"), fire("b", "confirmed")], new Set(["a confirmed"]))).toBe(
    "fire",
  );
});

test("a fire that somebody took is silent, and a drill never sounds as a fire", () => {
  expect(toneOf([fire("a", "acknowledged")], new Set())).toBeNull();
  expect(toneOf([fire("a", "confirmed", true)], new Set())).toBe("suspected");
});
