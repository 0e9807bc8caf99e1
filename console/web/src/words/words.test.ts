import { expect, test } from "vitest";

import { wordsOf } from "./words";

const FORMS = { "desk.points": ["{count} point", "{count} points"], "reason.smoke": ["smoke"] };

test("a count takes the form of its language", () => {
  const words = wordsOf("en", FORMS);
  const key = "desk.points" as never;
  expect([1, 2, 0].map((count) => words.counted(key, count))).toEqual([
    "1 point",
    "2 points",
    "0 points",
  ]);
});

test("a name that no catalogue has is shown as it came", () => {
  const words = wordsOf("vi", FORMS);
  expect([words.name("reason", "smoke"), words.name("reason", "newer")]).toEqual(["smoke", "newer"]);
});

test("a brace that a person wrote is shown, not read", () => {
  const words = wordsOf("en", { "desk.note": ["Note: {note}"] });
  expect(words.t("desk.note" as never, { note: "{count} <b>" })).toBe("Note: {count} <b>");
});

test("a place without a value stays, and an apostrophe is an apostrophe", () => {
  const words = wordsOf("en", { "desk.note": ["It's {what} at {where}"] });
  expect(words.t("desk.note" as never, { what: "smoke" })).toBe("It's smoke at {where}");
});
