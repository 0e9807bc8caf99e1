import { expect, test } from "vitest";

import { changesOf, faultsAt, groupsOf, numberOf, rowOf, valuesOf, type Column } from "./values";

const column = (path: string) => ({ path }) as Column;

test("a row is read and written by the paths of its columns", () => {
  const row = { id: "cho", facility: { head: "Ông An" }, people: ["an"] };
  const columns = ["id", "name", "facility.head", "people"].map(column);
  const values = valuesOf(columns, row);
  expect(values).toEqual({ id: "cho", "facility.head": "Ông An", people: ["an"] });
  expect(rowOf(values)).toEqual(row);
});

test("an edit has the changed fields alone, and null for one that is taken away", () => {
  const before = { id: "cho", name: "Chợ", address: "1", facility: { head: "An", keys: "cổng" } };
  const values = { id: "cho", name: "Chợ Lớn", address: "", "facility.head": "An", "facility.keys": "" };
  expect(changesOf(before, values)).toEqual({
    name: "Chợ Lớn",
    address: null,
    facility: { keys: null },
  });
});

test("nothing was changed where a field that says nothing says nothing still", () => {
  expect(changesOf({ id: "cho", people: [] }, { id: "cho", people: [], address: "" })).toEqual({});
});

test.each([
  ["12,5", 12.5],
  ["12.5", 12.5],
  ["", undefined],
  ["mười", "mười"],
])("%s is read as the number %s", (text, value) => {
  expect(numberOf(text)).toBe(value);
});

test("a fault of a value in a list stands at the list", () => {
  const fault = { error: "too small", field: "stages.0.after_s" } as never;
  expect([faultsAt([fault], "stages").length, faultsAt([fault], "stage").length]).toEqual([1, 0]);
});

test("nested values are groups of their own", () => {
  const columns = ["id", "facility.head", "name", "facility.insurance.company"].map(column);
  expect(groupsOf(columns).map(([group, some]) => [group, some.length])).toEqual([
    ["", 2],
    ["facility", 1],
    ["facility.insurance", 1],
  ]);
});
