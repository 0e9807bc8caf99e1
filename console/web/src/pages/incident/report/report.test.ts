import { expect, test } from "vitest";

import type { Entry, Fire } from "../../../live/events";
import { wordsOf } from "../../../words/words";
import { actRows, clockRows, toldRows } from "./report";

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

test("who answered is not who has merely seen it, as on the page of the fire", () => {
  const person = (answers: object[]) =>
    ({
      contact: "a",
      name: "An",
      channels: [],
      told_at: AT,
      delivered_at: AT,
      seen_at: AT,
      answers,
    }) as never;
  const seen = { kind: "seen", at: AT };
  const rows = toldRows(
    [person([seen]), person([{ kind: "real", at: AT }, seen])],
    (_, name) => name,
    words,
  );
  expect(rows.map((each) => each.at(-1) === "—")).toEqual([true, false]);
});

test("a report of a fire that was open again tells the steps before from those after, each with its own time", () => {
  const timeline = [
    entry("acknowledged", { by: "doi-truong" }),
    { ...entry("reopened", { owner: "An", after: "acknowledged" }), at: AT + 300_000_000 },
    { ...entry("acknowledged", { by: "B" }), at: AT + 310_000_000 },
  ];
  const fire = { opened_at: AT, timeline } as unknown as Fire;
  const clocks = clockRows(fire, { acknowledged: 2 }, words).map((each) => each[2]);
  expect(clocks).toEqual(["0:02", "0:00", "0:10"]);
  const acts = actRows(timeline, words, (by) => (by === "doi-truong" ? "Anh Hai" : by));
  expect(acts.map((each) => each[2])).toEqual(["Anh Hai", "An", "B"]);
});
