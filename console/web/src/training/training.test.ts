import { expect, test } from "vitest";

import type { Fire } from "../live/events";
import {
  heardBy,
  isFramed,
  isOwn,
  lessonOf,
  ownTraining,
  realFire,
  resultsOf,
  withClock,
} from "./training";

const fire = (id: string, changes: object = {}): Fire =>
  ({
    kind: "fire",
    id,
    phase: "confirmed",
    exercise: false,
    training: null,
    ...changes,
  }) as unknown as Fire;
const training = (id: string, account: string, changes: object = {}): Fire =>
  fire(id, { exercise: true, training: account, ...changes });

test("a training is one's own by the account that the center names", () => {
  expect(ownTraining([fire("a"), training("b", "binh"), training("c", "an")], "an")?.id).toBe("c");
  expect(ownTraining([fire("a"), training("b", "binh")], "an")).toBeNull();
});

test("a long account is compared as far as the center keeps it", () => {
  expect(isOwn(training("a", "n".repeat(62)), "n".repeat(63))).toBe(true);
});

test("what is no exercise is never a training, whatever else it says", () => {
  const odd = fire("a", { training: "an" });
  expect([ownTraining([odd], "an"), realFire([odd])?.id, heardBy([odd], "binh").length]).toEqual([
    null,
    "a",
    1,
  ]);
});

test("a training of another person is not heard here, a real fire and a drill are", () => {
  const all = [fire("a"), fire("b", { exercise: true }), training("c", "binh"), training("d", "an")];
  expect(heardBy(all, "an").map((each) => each.id)).toEqual(["a", "b", "d"]);
});

test.each([
  [null, false, true],
  [fire("real"), false, false],
  [fire("real"), true, true],
])(
  "a real fire drives the frame from every page but that of the training",
  (real, onItsPage, framed) => {
    expect(isFramed({ training: training("t", "an"), real, onItsPage })).toBe(framed);
  },
);

test("without a training there is no frame", () => {
  expect(isFramed({ training: null, real: null, onItsPage: true })).toBe(false);
});

test.each([
  ["confirmed", "take"],
  ["acknowledged", "dispatch"],
  ["dispatched", "on_scene"],
  ["on_scene", "under_control"],
  ["under_control", "close"],
  ["closed", null],
])("after %s the lesson is %s", (phase, lesson) => {
  expect(lessonOf(training("t", "an", { phase }), true)).toBe(lesson);
});

test("from another page the lesson is to open the fire", () => {
  expect(lessonOf(training("t", "an"), false)).toBe("open");
});

test("a step is judged from when its clock began, also where it was not taken", () => {
  const clock = (step: string, from_at: number) => ({
    queue: { clock: { step, from_at, limit_s: 60 } },
  });
  const first = withClock([], training("t", "an", clock("acknowledge", 10_000_000)));
  const both = withClock(first, training("t", "an", clock("dispatch", 22_000_000)));
  expect(withClock(both, training("t", "an", clock("dispatch", 99_000_000)))).toBe(both);
  expect(resultsOf(both, 10_000_000, { acknowledged: 12.5 })).toEqual([
    { step: "acknowledge", limit_s: 60, took_s: 12.5 },
    { step: "dispatch", limit_s: 60, took_s: null },
  ]);
});
