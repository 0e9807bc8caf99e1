import { expect, test } from "vitest";

import type { Incident } from "../../live/events";
import {
  boxOf,
  featuresOf,
  folded,
  incidentAt,
  listedOf,
  namePoints,
  placesOf,
  rankOf,
  stateOfRank,
  statesOf,
  withNames,
} from "./places";

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

test("every fire is listed, whatever else is folded", () => {
  const many = (kind: string, count: number) =>
    Array.from({ length: count }, (_, index) => incident(kind, { id: `${kind}-${index}` }));
  const { shown, rest } = folded(listedOf([...many("fault", 9), ...many("fire", 9)], []), 3);
  expect(shown.filter((each) => each.state === "fire")).toHaveLength(9);
  expect([shown.length, rest]).toEqual([12, 6]);
});

test("a press on premises leads to their worst incident", () => {
  const listed = listedOf([incident("fault"), incident("fire")], [MARKET]);
  expect(incidentAt("market", listed)).toBe("fire");
  expect(incidentAt("shop", listed)).toBeNull();
});

test("boundaries without names have those of the registry", () => {
  const outline = { geometry: { type: "Polygon", coordinates: [] }, properties: { id: "xa-1" } };
  const unknown = { ...outline, properties: { id: "xa-9" } };
  const named = withNames({ features: [outline, unknown] }, new Map([["xa-1", "Xã Một"]]));
  expect(named.features.map((each) => each.properties.name)).toEqual(["Xã Một", ""]);
});

test("an area is named once, in the middle of its outline", () => {
  const ring = [
    [105, 9],
    [107, 9],
    [107, 11],
  ];
  const outline = { geometry: { type: "MultiPolygon", coordinates: [[ring]] }, properties: { id: "x" } };
  const [point] = namePoints({ features: [outline] }).features;
  expect(point?.geometry).toEqual({ type: "Point", coordinates: [106, 10] });
});
