import { expect, test } from "vitest";

import type { WhoAsks } from "../live/events";
import { wordsOf } from "../words/words";
import { whyNot } from "./may";

const words = wordsOf("en", {
  "desk.may.only": ["Only for: {roles}."],
  "desk.may.code": ["Sign in with a one-time code first."],
  "desk.role.duty_officer": ["duty officers"],
  "desk.role.shift_leader": ["shift leaders"],
  "desk.role.commander": ["commanders"],
});
const who = (permissions: string[], missing: string[] = []) =>
  ({ permissions, missing }) as unknown as WhoAsks;

test("whoever may is told nothing, and others are told who may", () => {
  expect(whyNot("incidents:close", who(["incidents:close"]), words)).toBeNull();
  expect(whyNot("incidents:close", who(["incidents:act"]), words)).toBe(
    "Only for: duty officers, shift leaders, commanders.",
  );
});

test("whose roles wait for a one-time code is told of the code", () => {
  expect(whyNot("incidents:close", who([], ["code"]), words)).toBe(
    "Sign in with a one-time code first.",
  );
});
