import { expect, test } from "vitest";

import { addCorner, begun, editOf, nudge, place, placedOf, takeAway, thingsOf, undo } from "./placing";

const FLOOR = "tret";
const KHOI = "point/khoi-1";
const at = (x: number, y: number) => ({ floor: FLOOR, x, y });

test("each zone is listed before its points, by the names that people know", () => {
  const zones = [{ id: "hall", name: "Nhà lồng" }];
  const points = [{ id: "khoi-1", zone: "hall", place: "Quầy vải 1" }];
  expect(thingsOf(zones, points).map((each) => `${each.key} ${each.name}`)).toEqual([
    "zone/hall Nhà lồng",
    "point/khoi-1 Quầy vải 1",
  ]);
});

test("a point that is placed is one new row, within the plan", () => {
  const now = place(begun([]), KHOI, at(1.7, 0.25));
  expect(editOf([], now.placed, "cho").edit).toEqual({
    put: {
      positions: [{ id: "point-khoi-1", premises: "cho", floor: FLOOR, point: "khoi-1", x: 1, y: 0.25 }],
    },
  });
});

test("what is placed where it was is no change, and what is taken away is removed", () => {
  const stored = placedOf([{ id: "p", floor: FLOOR, point: "khoi-1", x: 0.5, y: 0.5 }]);
  expect(editOf(stored, place(begun(stored), KHOI, at(0.5, 0.5)).placed, "cho").rows).toBe(0);
  const away = takeAway(begun(stored), KHOI);
  expect(editOf(stored, away.placed, "cho").edit).toEqual({ remove: { positions: ["cho/p"] } });
});

test("steps are undone one by one; moves of one thing by keys are one step", () => {
  const placed = place(begun([]), KHOI, at(0.5, 0.5));
  const moved = nudge(nudge(placed, KHOI, { x: 0.01, y: 0 }), KHOI, { x: 0.01, y: 0 });
  expect(moved.placed[0]?.x).toBe(0.52);
  expect(undo(moved).placed[0]?.x).toBe(0.5);
  expect(undo(undo(moved)).placed).toEqual([]);
  expect(undo(undo(undo(moved))).placed).toEqual([]);
});

test("an outline counts from its third corner, with the zone's name in its middle, and moves with it", () => {
  const corners = [at(0.1, 0.1), at(0.3, 0.1), at(0.2, 0.4)];
  const [two, three] = [corners.slice(0, 2), corners].map((some) =>
    some.reduce((placing, corner) => addCorner(placing, "zone/hall", corner), begun([])),
  );
  const row = (placing = begun([])) => editOf([], placing.placed, "cho").edit.put?.["positions"]?.[0];
  expect(row(two)).not.toHaveProperty("outline");
  expect(row(three)).toMatchObject({
    x: 0.2,
    y: 0.2,
    outline: [
      [0.1, 0.1],
      [0.3, 0.1],
      [0.2, 0.4],
    ],
  });
  const moved = place(three ?? begun([]), "zone/hall", at(0.3, 0.2));
  expect(moved.placed[0]?.outline[0]).toEqual({ x: 0.2, y: 0.1 });
});

test("a position has an id of its own, also where another row took its name", () => {
  const stored = placedOf([{ id: "point-khoi-1", floor: FLOOR, zone: "hall", x: 0, y: 0 }]);
  expect(place(begun(stored), KHOI, at(0.5, 0.5)).placed[1]?.id).toBe("point-khoi-1-2");
});
