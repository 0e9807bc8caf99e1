import { expect, test } from "vitest";

import type { Fire } from "../../live/events";
import { canBeNamed, namedOf, underWay } from "./arrivals";

const force = (kind: string, id: string, state = "under_way") => ({ kind, id, name: id, state });
const fire = (...forces: object[]) => ({ forces }) as unknown as Fire;

test("a report from the scene names each force by its kind", () => {
  const all = underWay(fire(force("unit", "a"), force("means", "xe"), force("named", "Dân quân")));
  expect(namedOf(all)).toEqual({ units: ["a"], means: ["xe"], whom: "Dân quân" });
  expect(namedOf([])).toEqual({ units: [], means: [], whom: "" });
});

test("who is there already is not asked for again", () => {
  const left = underWay(fire(force("unit", "a", "on_scene"), force("unit", "b")));
  expect(left.map(({ id }) => id)).toEqual(["b"]);
});

test("two forces in words take two reports", () => {
  expect(canBeNamed(underWay(fire(force("named", "a"), force("unit", "b"))))).toBe(true);
  expect(canBeNamed(underWay(fire(force("named", "a"), force("named", "b"))))).toBe(false);
});
