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

test("the newest entries are kept, and not too many", () => {
  const entries = Array.from({ length: KEPT_ENTRIES + 1 }, (_, id) => ({ id }) as Entry);
  const kept = withEntries(NOTHING, entries).entries;
  expect([kept.length, kept[0]?.id]).toEqual([KEPT_ENTRIES, 1]);
});
