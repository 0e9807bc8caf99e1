import { expect, test } from "vitest";

import type { Fire } from "../live/events";
import { clockOf } from "./clock";

const S = 1_000_000;
const fire = (due: number | null) =>
  ({
    queue: {
      clock: due === null ? null : { step: "acknowledge", from_at: 0, due_at: due * S, limit_s: 90 },
    },
  }) as unknown as Fire;

test.each([
  [0, 90, "calm"],
  [59, 31, "calm"],
  [60, 30, "soon"],
  [90, 0, "soon"],
  [91, -1, "overdue"],
])("at %d s of 90 s %d s are left, which is %s", (now, left, pressure) => {
  expect(clockOf(fire(90), now * S)).toEqual({
    step: "acknowledge",
    left,
    dueAt: 90 * S,
    pressure,
  });
});

test("where nothing is due there is no clock", () => {
  expect(clockOf(fire(null), 0)).toBeNull();
});
