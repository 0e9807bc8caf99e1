import { expect, test } from "vitest";

import type { Entry, Fire } from "../../../live/events";
import { wordsOf } from "../../../words/words";
import { actRows, clockRows } from "./report";

const AT = Date.UTC(2026, 10, 29, 16, 0, 0) * 1_000;
const words = wordsOf("en", { "desk.act.call": ["Note a call"], "milestone.confirmed": ["confirmed"] });
const entry = (event: string, data: object) => ({ event, at: AT, data }) as unknown as Entry;

test("an act stands with its time, its person and what was said; what the center did is no act", () => {
  const rows = actRows(
    [entry("delivered", {}), entry("call", { by: "An", whom: "Hai", answered: true, said: "smoke" })],
    words,
  );
  expect(rows).toEqual([["29/11/2026, 23:00:00", "Note a call", "An", "Hai; smoke"]]);
});

test("the clocks stand in the order in which they were reached", () => {
  const rows = clockRows({ opened_at: AT } as Fire, { closed: 600, confirmed: 2 }, words);
  expect(rows.map((each) => [each[0], each[2]])).toEqual([
    ["confirmed", "0:02"],
    ["closed", "10:00"],
  ]);
});
