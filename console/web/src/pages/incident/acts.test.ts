import { expect, test } from "vitest";

import type { Fire, WhoAsks } from "../../live/events";
import { actsOf, isWithdrawn, mayPropose, skippedBy, takenBefore } from "./acts";

const ALL = ["incidents:act", "incidents:close", "acts:approve", "overrides:order"];
const who = (name: string, permissions = ALL) =>
  ({ name, account: name.toLowerCase(), permissions }) as unknown as WhoAsks;
const fire = (phase: string, more: Partial<Fire> = {}) =>
  ({
    phase,
    closing: null,
    offer: null,
    owner: null,
    owner_account: "",
    seen_by: [],
    ...more,
  }) as unknown as Fire;
const names = (given: Fire, asks: WhoAsks | null) =>
  actsOf(given, asks)
    .filter((each) => each.lacks === null)
    .map((each) => each.act);

test.each([
  ["suspected", "take"],
  ["confirmed", "take"],
  ["acknowledged", "dispatch"],
  ["dispatched", "on_scene"],
  ["on_scene", "under_control"],
  ["under_control", "close"],
])("a fire that is %s awaits %s", (phase, awaited) => {
  const first = actsOf(fire(phase), who("An")).filter((each) => each.first);
  expect(first.map((each) => each.act)).toEqual([awaited]);
});

test("no key stands for two acts", () => {
  const closing = {
    by: "Bình",
    account: "bình",
    outcome: "genuine",
    since: 1,
    until: 0,
    cause: null,
  } as const;
  for (const phase of ["suspected", "confirmed", "on_scene", "under_control"]) {
    const keys = actsOf(fire(phase, { closing }), who("An")).map((each) => each.key);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("who may only look is offered nothing, and neither is anybody at a closed fire", () => {
  expect(names(fire("confirmed"), who("An", ["incidents:read"]))).toEqual([]);
  expect(names(fire("confirmed"), null)).toEqual([]);
  expect(names(fire("closed"), who("An"))).toEqual([]);
});

test("an act that a person may not do stands there with what it takes, and is never the next one", () => {
  const acts = actsOf(fire("under_control"), who("An", ["incidents:act"]));
  const lacking = acts.filter((each) => each.lacks !== null);
  expect(lacking.map(({ act, lacks }) => [act, lacks])).toEqual([
    ["close", "incidents:close"],
    ["override", "overrides:order"],
  ]);
  expect(acts.some((each) => each.first)).toBe(false);
});

test("a second person approves, never the one who asked", () => {
  const asked = fire("on_scene", {
    closing: { by: "An", account: "an", outcome: "genuine", since: 1, until: 0, cause: null },
  });
  expect(names(asked, who("An"))).not.toContain("approve");
  expect(names(asked, who("An"))).toContain("withdraw");
  expect(names(asked, who("Bình"))).not.toContain("withdraw");
  expect(actsOf(asked, who("Bình")).find((each) => each.first)?.act).toBe("approve");
});

test("an owner hands over, and the one to whom it is offered accepts first of all", () => {
  const taken = { owner: "An", owner_account: "an" };
  expect(names(fire("acknowledged", taken), who("An"))).toContain("hand_over");
  expect(names(fire("acknowledged", taken), who("Binh"))).not.toContain("hand_over");
  const offered = fire("acknowledged", {
    ...taken,
    offer: { by: "An", to: "binh", to_name: "Binh", at: 0 },
  });
  expect(actsOf(offered, who("Binh")).find((each) => each.first)?.act).toBe("accept");
  expect(names(offered, who("An"))).not.toContain("accept");
  expect(names(offered, who("An"))).toContain("decline");
  expect([
    isWithdrawn("decline", offered, who("An")),
    isWithdrawn("decline", offered, who("Binh")),
  ]).toEqual([true, false]);
});

test.each([
  ["acknowledged", "dispatch", []],
  ["acknowledged", "on_scene", ["dispatch"]],
  ["acknowledged", "under_control", ["dispatch", "on_scene"]],
  ["dispatched", "under_control", ["on_scene"]],
  ["under_control", "on_scene", []],
] as const)("at a fire that is %s the step %s leaves out %j", (phase, act, skipped) => {
  expect(skippedBy(act, fire(phase))).toEqual(skipped);
});

test("while a proposal waits, its author and the owner propose in its place, and nobody else", () => {
  const asked = fire("on_scene", {
    owner: "Chi",
    owner_account: "chi",
    closing: { by: "An", account: "an", outcome: "genuine", since: 1, until: 0, cause: null },
  });
  expect(["An", "Chi", "Dung"].map((each) => mayPropose(asked, who(each)))).toEqual([true, true, false]);
});

test("a fire that another one had until it was confirmed is taken from them; one that they left is not", () => {
  const entry = (event: string, by: string) => ({ event, data: { by } });
  const taken = (...timeline: object[]) =>
    takenBefore(fire("confirmed", { timeline } as unknown as Partial<Fire>), who("An"));
  expect(taken(entry("acknowledged", "Bình"), entry("confirmed", ""))).toBe("Bình");
  expect(taken(entry("acknowledged", "An"))).toBeNull();
  expect(taken(entry("acknowledged", "Bình"), entry("reopened", ""))).toBeNull();
  expect(taken()).toBeNull();
  expect(takenBefore(fire("confirmed"), who("An"))).toBeNull();
});
