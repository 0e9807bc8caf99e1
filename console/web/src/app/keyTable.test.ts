import { expect, test } from "vitest";

import { keyOf, KEYS, signOf } from "./keyTable";

const SOURCES: Record<string, string> = import.meta.glob("../**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});

test("no key has two meanings, and none is a capital", () => {
  const keys = Object.values(KEYS);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((each) => keyOf(each) !== each)).toEqual([]);
});

test("every act names its key in the table", () => {
  const own = /(?:shortcut|useKey\()[=: (]*["'`{]*["'`]\S["'`]/u;
  const found = Object.entries(SOURCES).filter(
    ([path, text]) => !path.includes(".test.") && own.test(text),
  );
  expect(found.map(([path]) => path)).toEqual([]);
});

test("a capital is the key of its small letter, and stands on buttons so that nobody looks for l or 1", () => {
  expect([keyOf("T"), keyOf("t"), keyOf("Enter")]).toEqual(["t", "t", "Enter"]);
  expect([signOf("l"), signOf("Escape"), signOf("ArrowDown")]).toEqual(["L", "Esc", "↓"]);
});
