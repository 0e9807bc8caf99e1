import { expect, test } from "vitest";

import type { Incident } from "../../live/events";
import { boxOf, featuresOf, listedOf, placesOf, rankOf, stateOfRank, statesOf } from "./places";

const incident = (kind: string, changes: object = {}): Incident =>
  ({
    kind,
    id: kind,
    premises: { id: "market", name: "Chợ", address: "" },
    opened_at: 1,
    phase: "confirmed",
    exercise: false,
    ...changes,
  }) as unknown as Incident;

const MARKET = { id: "market", name: "Chợ", lon: 105, lat: 9 };

test("premises have the worst state of all that is open there", () => {
  expect(statesOf([incident("fault"), incident("fire"), incident("test")]).get("market")).toBe("fire");
  expect(statesOf([incident("supervisory"), incident("fault")]).get("market")).toBe("fault");
});

test("a suspected fire is worse than a fault, and a drill is no fire", () => {
  expect(statesOf([incident("fault"), incident("fire", { phase: "suspected" })]).get("market")).toBe(
    "suspected",
  );
  expect(statesOf([incident("fire", { exercise: true })]).get("market")).toBe("override");
});

test("the rank of a state leads back to it", () => {
  expect(stateOfRank(rankOf("fault"))).toBe("fault");
  expect(stateOfRank(99)).toBe("calm");
});

test("premises without a position are in the list, and not on the map", () => {
  expect(listedOf([incident("fire")], [])[0]).toMatchObject({ name: "Chợ", place: undefined });
  expect(featuresOf([], new Map()).features).toEqual([]);
});

test("the list has the worst first, and leaves out the center itself", () => {
  const center = { id: "~center", name: "", address: "" };
  const open = [incident("fault"), incident("fire"), incident("fault", { premises: center })];
  expect(listedOf(open, [MARKET]).map((each) => each.state)).toEqual(["fire", "fault"]);
});

test("what is no point is no place", () => {
  const features = [
    { geometry: { type: "Polygon", coordinates: [[]] }, properties: { id: "x", name: "x" } },
    { geometry: { type: "Point", coordinates: [105, 9] }, properties: { id: "market", name: "Chợ" } },
  ];
  expect(placesOf({ features })).toEqual([MARKET]);
});

test("the box holds all places", () => {
  expect(boxOf([MARKET, { ...MARKET, lon: 106, lat: 8 }])).toEqual([105, 8, 106, 9]);
  expect(boxOf([])).toBeNull();
});
