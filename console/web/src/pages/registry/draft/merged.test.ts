import { expect, test } from "vitest";

import { merged } from "./merged";

const change = (key: string, kind: string, field = "name", after: unknown = "B") => ({
  table: "floors",
  key,
  premises: "cho",
  change: kind,
  conflict: false,
  fields: [{ field, before: null, after }],
});

test("rows have what the draft makes of them: added ones too, removed ones not", () => {
  const rows = [{ id: "a", name: "A" }, { id: "gone" }];
  const draft = {
    changes: [change("cho/a", "changed"), change("cho/gone", "removed"), change("cho/new", "added")],
  };
  expect(merged(draft, "floors", "cho", rows).map(({ id, name }) => [id, name])).toEqual([
    ["a", "B"],
    ["new", "B"],
  ]);
  expect(merged(draft, "zones", "cho", rows)).toEqual(rows);
  expect(merged(draft, "floors", "khac", [])).toEqual([]);
});
