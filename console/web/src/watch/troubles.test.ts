import { expect, test } from "vitest";

import type { Incident } from "../live/events";
import { newTroubles, toneOfTroubles, troublesOf } from "./troubles";

const incident = (id: string, kind: string) => ({ id, kind }) as unknown as Incident;
const troubles = (...given: Incident[]) => troublesOf(given);

test("a fault that was not known is news, and sounds", () => {
  const before = troubles(incident("a", "fault"));
  const found = newTroubles(before, troubles(incident("a", "fault"), incident("b", "fault")));
  expect([found.map((each) => each.id), toneOfTroubles(found)]).toEqual([["b"], "fault"]);
});

test("what is there when a page opens does not sound", () => {
  expect(toneOfTroubles(newTroubles(null, troubles(incident("a", "fault"))))).toBeNull();
});

test("fires and overrides are no troubles", () => {
  expect([...troubles(incident("a", "fire"), incident("b", "silence")).keys()]).toEqual([]);
});

test("a fault is worse than a supervisory signal", () => {
  const both = troubles(incident("a", "supervisory"), incident("b", "fault"));
  expect(toneOfTroubles([...both.values()])).toBe("fault");
  expect(toneOfTroubles([...troubles(incident("a", "supervisory")).values()])).toBe("supervisory");
});
