import { expect, test } from "vitest";

import { stepsOf } from "./steps";
import type { Draft } from "./working";

const draft = (given: Partial<Draft>): Draft =>
  ({ state: "open", approval: "no_rules", approved_by: null, conflicts: 0, ...given }) as Draft;

const ALL = { write: true, approve: true };

test("whoever may change the registry applies what needs no second person", () => {
  expect(stepsOf(draft({}), ALL)).toEqual(["validate", "rehearse", "apply", "discard"]);
});

test("rules need a second person: they are submitted, approved, and only then applied", () => {
  const rules = { approval: "rules" } as const;
  expect(stepsOf(draft(rules), ALL)).toContain("submit");
  expect(stepsOf(draft(rules), ALL)).not.toContain("apply");
  expect(stepsOf(draft({ ...rules, state: "submitted" }), ALL)).toContain("approve");
  const approved = { ...rules, state: "submitted", approved_by: { name: "An" } as never } as const;
  expect(stepsOf(draft(approved), ALL)).toContain("apply");
});

test("whoever may only propose submits, and applies nothing", () => {
  const steps = stepsOf(draft({}), { write: false, approve: false });
  expect(steps).toEqual(["validate", "rehearse", "submit", "discard"]);
});

test("a draft that ended has no step, and one in conflict takes over the changes of others", () => {
  expect(stepsOf(draft({ state: "applied" }), ALL)).toEqual([]);
  expect(stepsOf(draft({ conflicts: 1 }), ALL)).toContain("rebase");
});
