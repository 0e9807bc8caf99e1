import { expect, test } from "vitest";

import type { Incident } from "../../live/events";
import { firesSince, othersSince, shiftBegin } from "./happened";

const incident = (id: string, kind: string, opened_at: number, closed_at: number | null = null) =>
  ({ id, kind, opened_at, closed_at, exercise: false, training: null }) as Incident;

test("a shift reports the fires that began, ended or went on in it, and counts the rest", () => {
  const all = [
    incident("new", "fire", 30),
    incident("ended", "fire", 5, 15),
    incident("before", "fire", 1, 2),
    incident("open", "fire", 3),
    { ...incident("learns", "fire", 20), exercise: true, training: "an" } as Incident,
    incident("f", "fault", 20),
    incident("old", "fault", 2),
  ];
  expect(firesSince(all, 10).map((each) => each.id)).toEqual(["open", "ended", "new"]);
  expect(othersSince(all, 10)).toEqual([["fault", 1]]);
});

test("a shift begins with the last hand-over that both signed, or a day ago where there is none", () => {
  const hour = 3_600_000_000;
  expect(shiftBegin([{ received: null }, { received: { at: 90 * hour } }], 100 * hour)).toEqual({
    at: 90 * hour,
    signed: true,
  });
  expect(shiftBegin([{ received: { at: 10 * hour } }], 100 * hour).at).toBe(10 * hour);
  expect(shiftBegin([{ received: null }], 100 * hour)).toEqual({ at: 76 * hour, signed: false });
});
