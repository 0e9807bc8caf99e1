import { expect, test } from "vitest";

import { localMoment, localText, nextSundayAtTwo, shares, withZone } from "./moments";

test("the next Sunday at two is in the hours of Viet Nam, also late on a Saturday and on a Sunday", () => {
  const at = (text: string) => nextSundayAtTwo(Date.parse(text));
  expect([at("2026-11-28T16:59:00Z"), at("2026-11-28T17:01:00Z")]).toEqual([
    "2026-11-29T02:00",
    "2026-12-06T02:00",
  ]);
});

test("a moment has the offset of Viet Nam", () => {
  expect(withZone(localMoment(Date.parse("2026-11-28T19:00:00Z")))).toBe("2026-11-29T02:00:00+07:00");
  expect(localText(Date.parse("2026-11-28T19:02:05Z") * 1_000)).toBe("29/11 02:02:05");
});

test("stages stand on the axis at their times; one alone stands at its begin", () => {
  expect([shares([0, 60, 120]), shares([0])]).toEqual([[0, 0.5, 1], [0]]);
});
