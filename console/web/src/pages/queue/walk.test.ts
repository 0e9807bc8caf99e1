import { expect, test } from "vitest";

import { placeAfter } from "./walk";

test.each([
  ["ArrowDown", -1, 0],
  ["j", 0, 1],
  ["J", 0, 1],
  ["ArrowDown", 2, 2],
  ["k", 2, 1],
  ["ArrowUp", 0, 0],
  ["ArrowUp", -1, 0],
  ["Home", 2, 0],
  ["End", 0, 2],
  ["t", 1, null],
])("the key %s leads from row %d of three to %s", (key, at, to) => {
  expect(placeAfter(key, at, 3)).toBe(to);
});

test("in an empty queue no key leads anywhere", () => {
  expect(placeAfter("ArrowDown", -1, 0)).toBeNull();
});
