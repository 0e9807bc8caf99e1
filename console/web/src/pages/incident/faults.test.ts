import { expect, test } from "vitest";

import type { Fire, Incident } from "../../live/events";
import { faultsAt } from "./faults";

const fire = { premises: { id: "cho" } } as unknown as Fire;
const condition = (reason: string, scope: string, since: number, restored_at: number | null = null) => ({
  reason,
  scope,
  since,
  restored_at,
});
const fault = (id: string, premises: string, conditions: object[], kind = "fault") =>
  [id, { id, kind, premises: { id: premises }, conditions }] as unknown as [string, Incident];

test("of a fire's premises what stands is named, gateways and lines before points, the oldest first", () => {
  const open = new Map([
    fault("a", "cho", [
      condition("silent", "point", 1),
      condition("line_silent", "line", 9),
      condition("gateway_silent", "gateway", 5),
      condition("dirty", "point", 2, 3),
    ]),
    fault("b", "pho", [condition("silent", "point", 1)]),
    fault("c", "cho", [condition("tamper", "point", 1)], "supervisory"),
  ]);
  expect(faultsAt(open, fire).map((each) => each.condition.reason)).toEqual([
    "gateway_silent",
    "line_silent",
    "silent",
  ]);
});
