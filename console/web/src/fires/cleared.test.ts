import { expect, test } from "vitest";

import type { Incident } from "../live/events";
import { clearedOf, NAMED_FOR } from "./cleared";

const NOW = 10 * NAMED_FOR;
const closed = (id: string, outcome: string, ago: number, kind = "fire") =>
  ({ id, kind, outcome, closed_at: NOW - ago }) as unknown as Incident;

test("what closed itself is named for a quarter of an hour, the newest first; what a person closed is not", () => {
  const found = clearedOf(
    [
      closed("older", "cleared", NAMED_FOR - 1),
      closed("newest", "cleared", 1),
      closed("long ago", "cleared", NAMED_FOR),
      closed("by a person", "false_alarm", 1),
      closed("a fault", "cleared", 1, "fault"),
    ],
    NOW,
  );
  expect(found.map((each) => each.id)).toEqual(["newest", "older"]);
});
