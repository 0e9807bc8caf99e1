import { expect, test } from "vitest";

import { testedAt } from "./soundTest";

const kept = JSON.stringify({ account: "an", at: 100 });

test.each([
  ["an", 50, 100],
  ["an", 101, null],
  ["binh", 50, null],
  [undefined, 50, null],
])("a test counts for the one who heard, in the session of then: %s since %d", (account, began, at) => {
  expect(testedAt(kept, account, began)).toBe(at);
});
