import { expect, test } from "vitest";

import type { Incident } from "../../live/events";
import { handedOver, unreadOf, waitsForApproval } from "./reading";

const incident = (id: string, more: object = {}) =>
  ({
    id,
    kind: "fire",
    phase: "confirmed",
    exercise: false,
    training: null,
    closing: null,
    ...more,
  }) as unknown as Incident;

test("a training is no matter of the shift, a drill is", () => {
  const open = [
    incident("real"),
    incident("drill", { exercise: true }),
    incident("learns", { exercise: true, training: "an" }),
    incident("fault", { kind: "fault" }),
  ];
  expect(handedOver(open).map((each) => each.id)).toEqual(["real", "drill", "fault"]);
});

test("what came since the list was read is unread", () => {
  const matters = [incident("a"), incident("came")];
  expect(unreadOf(matters, new Set(["a", "gone"])).map((each) => each.id)).toEqual(["came"]);
});

test.each([
  [incident("close", { closing: { by: "An" } }), true],
  [incident("test", { kind: "test", phase: "pending_approval" }), true],
  [incident("fire"), false],
])("what waits for a second person is known", (matter, waits) => {
  expect(waitsForApproval(matter)).toBe(waits);
});
