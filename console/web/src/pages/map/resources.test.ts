import { expect, test } from "vitest";

import { resourcesOf } from "./resources";

const AT = { lon: 105, lat: 9 };
const UNIT = { id: "doi", name: "Đội khu vực", kind: "area-team", ...AT };
const none = { units: [], water: [], means: [] };

test("a hydrant that gives no water is told from one that does", () => {
  const water = [
    { id: "a", name: "Trụ 1", kind: "hydrant", ...AT },
    { id: "b", name: "Trụ hỏng", kind: "hydrant", usable: false, ...AT },
    { id: "c", name: "Sông", kind: "river", ...AT },
  ];
  const found = resourcesOf({ ...none, water });
  expect(found.map((each) => [each.kind, each.usable])).toEqual([
    ["hydrant", true],
    ["hydrant", false],
    ["water", true],
  ]);
});

test("engines without a position stand at their unit, those that are broken do not count", () => {
  const means = [
    { id: "1", name: "Xe 1", kind: "engine", unit: "doi" },
    { id: "2", name: "Xe 2", kind: "engine", unit: "doi", state: "broken" },
    { id: "3", name: "Ca nô", kind: "boat", unit: "doi", state: "ready", ...AT },
  ];
  const found = resourcesOf({ ...none, units: [UNIT], means });
  expect(found.map((each) => [each.kind, each.ready])).toEqual([
    ["unit", ["Xe 1", "Ca nô"]],
    ["boat", []],
  ]);
});

test("what has no position has no mark", () => {
  expect(resourcesOf({ ...none, units: [{ ...UNIT, lat: null }] })).toEqual([]);
});
