import { expect, test } from "vitest";

import type { Words } from "../words/words";
import { whyRefused, whyStatus } from "./refused";

const words = {
  t: (key: string, values: Record<string, string> = {}) =>
    [key, ...Object.values(values)].join(" ").trim(),
  language: "vi",
} as unknown as Words;
const why = (body: object) => whyRefused(body, words, 0);

test("each code has words of its own, with the name of whoever it is about", () => {
  expect(why({ refusal: "checked_by_another", owner: "Ba" })).toBe("desk.refused.checked Ba");
  expect(why({ refusal: "draft_changed" })).toBe("desk.refused.draft_changed");
  expect(why({ refusal: "out_of_order", owner: "confirmed" })).toBe(
    "desk.refused.out_of_order confirmed",
  );
});

test("a code that is not known, or lacks its name, leaves it to the words of the center", () => {
  expect(why({ refusal: "of_a_newer_center" })).toBeNull();
  expect(why({ refusal: "already_closed", owner: "" })).toBeNull();
  expect(why({})).toBeNull();
});

test("every other refusal says what its status means", () => {
  expect([400, 403, 404, 418, 503].map((status) => whyStatus(status, words))).toEqual([
    "desk.refused.not_accepted",
    "desk.refused.not_permitted",
    "desk.refused.not_there",
    "desk.refused.not_accepted",
    "desk.refused.not_now",
  ]);
});
