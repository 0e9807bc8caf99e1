import { expect, test } from "vitest";

import type { Entry, Incident } from "./events";
import { KEPT_ENTRIES, NOTHING, withEntries, withRows } from "./store";

const incident = (id: string, part = "") => ({ id, part }) as Incident;
const rows = (...given: Incident[]) => ({ rows: given, gone: [], reset: false });

test("a row replaces the one with its id, and what is gone leaves", () => {
  const before = withRows(NOTHING, rows(incident("a"), incident("b")));
  const after = withRows(before, { ...rows(incident("a", "newer")), gone: ["b"] });
  expect([...after.open.values()]).toEqual([incident("a", "newer")]);
});

test("a reset forgets what was known before", () => {
  const before = withRows(NOTHING, rows(incident("a")));
  expect([...withRows(before, { ...rows(incident("b")), reset: true }).open.keys()]).toEqual(["b"]);
});

test("a reset keeps no entry of before, and says that what was asked before is old", () => {
  const before = withEntries(NOTHING, [{ id: 5_000 } as Entry]);
  const after = withRows(before, { ...rows(incident("b")), reset: true });
  expect([after.entries, after.resets]).toEqual([[], before.resets + 1]);
  expect(withRows(after, rows(incident("c"))).resets).toBe(after.resets);
});

test("the newest entries are kept, and not too many", () => {
  const entries = Array.from({ length: KEPT_ENTRIES + 1 }, (_, id) => ({ id }) as Entry);
  const kept = withEntries(NOTHING, entries).entries;
  expect([kept.length, kept[0]?.id]).toEqual([KEPT_ENTRIES, 1]);
});
