import { expect, test } from "vitest";

import type { Schemas } from "../../api/client";
import { isLate, shortTime } from "./rounds";

const rounds: Schemas["SyntheticFire"] = {
  every_s: 300,
  last: null,
  completed_at: 1_000_000_000,
  fault: null,
  rounds: 1,
  lost: 0,
};

test("times are short", () => {
  expect(shortTime(0.0123)).toBe("12 ms");
  expect(shortTime(0.0004)).toBe("0 ms");
  expect(shortTime(0.314)).toBe("0.31 s");
});

test("a round is missing after three intervals, unless there are to be none", () => {
  expect(isLate(rounds, 1_000_000_000 + 900_000_000)).toBe(false);
  expect(isLate(rounds, 1_000_000_000 + 900_000_001)).toBe(true);
  expect(isLate({ ...rounds, every_s: 0 }, 9_000_000_000)).toBe(false);
});
