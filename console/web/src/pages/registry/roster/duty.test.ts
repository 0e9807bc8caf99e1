import { expect, test } from "vitest";

import { dutyOn, hour, monthAfter, monthOf, weekdayOf } from "./duty";

const NIGHT = { begin: "18:00:00", end: "06:00:00", who: ["dem"], days: ["sat"] };
const DAY = { begin: "06:00:00", end: "18:00:00", who: ["ngay"] };

const said = (day: string, shifts: (typeof DAY)[], exceptions: (typeof DAY)[] = []) =>
  dutyOn(day, shifts, exceptions).map(
    ({ begin, end, who }) => `${hour(begin)}-${hour(end)} ${who.join("+")}`,
  );

test("a shift past midnight belongs to the day on which it begins", () => {
  expect(said("2026-11-28", [DAY, NIGHT])).toEqual([
    "00:00-06:00 ",
    "06:00-18:00 ngay",
    "18:00-24:00 dem",
  ]);
  expect(said("2026-11-29", [DAY, NIGHT])).toEqual([
    "00:00-06:00 dem",
    "06:00-18:00 ngay",
    "18:00-24:00 ",
  ]);
});

test("an exception stands in place of the shifts, over midnight too", () => {
  const instead = { begin: "2026-11-28T12:00:00", end: "2026-11-29T01:00:00", who: ["thay"] };
  expect(said("2026-11-28", [DAY], [instead])).toEqual([
    "00:00-06:00 ",
    "06:00-12:00 ngay",
    "12:00-24:00 thay",
  ]);
  expect(said("2026-11-29", [], [instead])).toEqual(["00:00-01:00 thay", "01:00-24:00 "]);
});

test("two shifts at once are both on duty, and one that begins and ends at the same hour lasts a day", () => {
  expect(said("2026-11-28", [DAY, { begin: "00:00", end: "00:00", who: ["an"] }])).toEqual([
    "00:00-06:00 an",
    "06:00-18:00 ngay+an",
    "18:00-24:00 an",
  ]);
});

test("a month has its own days", () => {
  expect([monthOf("2026-02-10").length, monthOf("2028-02-01").at(-1)]).toEqual([28, "2028-02-29"]);
});

test("a week begins on Monday and ends on Sunday", () => {
  expect([weekdayOf("2026-11-23"), weekdayOf("2026-11-29")]).toEqual([1, 7]);
});

test("the month after the last day of January is February, and the year ends after December", () => {
  expect([
    monthAfter("2027-01-31", 1),
    monthAfter("2026-11-30", 2),
    monthAfter("2027-01-05", -1),
  ]).toEqual(["2027-02-01", "2027-01-01", "2026-12-01"]);
});
