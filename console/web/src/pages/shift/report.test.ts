import { expect, test } from "vitest";

import { cellOf, tablesOf } from "./report";

test.each<[unknown, string, string]>([
  [null, "count", "—"],
  [0, "count", "0"],
  [0.125, "share", "12.5 %"],
  [75, "seconds", "1:15"],
  [0.000_006_4, "number", "0"],
  [2.718_28, "number", "2.718"],
  ["Xã Một", "text", "Xã Một"],
])("the value %s of the kind %s is written %s", (value, kind, text) => {
  expect(cellOf(value, kind)).toBe(text);
});

test("the cells of a row stand in the order of the columns", () => {
  const columns = [
    { key: "b", title: "B", kind: "text" },
    { key: "a", title: "A", kind: "count" },
  ];
  const sent = { tables: [{ table: "t", title: "T", note: "", columns, rows: [{ a: 1, b: "x" }] }] };
  expect(tablesOf(sent)[0]).toMatchObject({ columns: ["B", "A"], rows: [["x", "1"]] });
});
