import { expect, test } from "vitest";

import { Refused } from "../../api/client";
import { actsSent, isOpen, toShow, type Sending } from "./sent";

const sending = (change: Partial<Sending>): Sending => ({
  status: "pending",
  variables: { incident: "i1", place: "Chợ", order: { act: "take" } },
  data: undefined,
  error: null,
  submittedAt: 1,
  ...change,
});
const became = (change: Partial<Sending>) => actsSent([sending(change)])[0]?.became;

test("an act is sent until the center answers, and stored only then", () => {
  expect([became({}), became({ status: "success" })]).toEqual(["sent", "stored"]);
});

test("what needs another person is stored, and does not hold yet", () => {
  const variables = (order: object) => ({ incident: "i1", place: "Chợ", order }) as Sending["variables"];
  const asked = {
    kind: "fire",
    phase: "on_scene",
    closing: {},
    offer: {},
  } as unknown as Sending["data"];
  const stored = (act: string, data: Sending["data"]) =>
    became({ status: "success", variables: variables({ act }), data });
  const alone = { ...asked, closing: null, offer: null } as Sending["data"];
  expect(["close", "hand_over", "note"].map((act) => stored(act, asked))).toEqual([
    "to_approve",
    "to_accept",
    "stored",
  ]);
  expect(["close", "hand_over"].map((act) => stored(act, alone))).toEqual(["stored", "stored"]);
});

test.each([
  [new Refused(409, {}), "refused"],
  [new Refused(400, {}), "refused"],
  [new Refused(503, {}), "unanswered"],
  [new Refused(504, {}), "unanswered"],
  [new TypeError("Failed to fetch"), "unanswered"],
] as const)("an act that ended with %s is %s, and never stored", (error, expected) => {
  expect(became({ status: "error", error })).toBe(expected);
});

test("an act that is not stored stays in sight while others are stored after it", () => {
  const note = { incident: "i1", place: "Chợ", order: { act: "note", text: "a" } } as const;
  const acts = actsSent([
    sending({ status: "error", error: new TypeError() }),
    sending({ status: "success", variables: note }),
  ]);
  expect(toShow(acts).map((each) => [each.order.act, isOpen(each)])).toEqual([
    ["take", true],
    ["note", false],
  ]);
});

test("an act that was ordered again and stored is no longer open", () => {
  const acts = actsSent([
    sending({ status: "error", error: new TypeError() }),
    sending({ status: "success" }),
  ]);
  expect(toShow(acts).map((each) => each.became)).toEqual(["stored"]);
});
