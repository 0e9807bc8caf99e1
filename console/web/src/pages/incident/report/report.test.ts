import { expect, test } from "vitest";

import type { Entry, Fire } from "../../../live/events";
import { wordsOf } from "../../../words/words";
import { lateness } from "./lateness";
import { actRows, clockRows, closersOf, toldRows } from "./report";

const AT = Date.UTC(2026, 10, 29, 16, 0, 0) * 1_000;
const words = wordsOf("en", {
  "desk.act.call": ["Note a call"],
  "desk.report.call_answered": ["answered"],
  "desk.report.proposed": ["Proposed to close"],
  "desk.report.by_two": ["{asked_by} proposed, {by} approved"],
  "desk.report.late_by": ["late by {time}"],
  "milestone.confirmed": ["confirmed"],
});
const entry = (event: string, data: object) => ({ event, at: AT, data }) as unknown as Entry;

test("an act stands with its time, its person and what was said; what the center did is no act", () => {
  const rows = actRows(
    [entry("delivered", {}), entry("call", { by: "An", whom: "Hai", answered: true, said: "smoke" })],
    words,
  );
  expect(rows).toEqual([["29/11/2026, 23:00:00", "Note a call", "An", "Hai; answered; smoke"]]);
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

test("a proposal is no approval, and both who closed a fire are named at the top and in the table", () => {
  const timeline = [
    { ...entry("approval", { by: "An" }), reason: "approval_asked" },
    entry("closed", { by: "Bình", asked_by: "An", outcome: "genuine" }),
  ];
  const both = "An proposed, Bình approved";
  const acts = actRows(timeline, words).map((each) => [each[1], each[2]]);
  expect(acts[0]).toEqual(["Proposed to close", "An"]);
  expect(acts[1]?.[1]).toBe(both);
  expect(closersOf(timeline, words)).toBe(both);
});

test("a step that was done after it was due says by how much", () => {
  const done = { state: "checked", due_at: AT, at: AT + 90_000_000 } as const;
  expect(lateness(done, words)).toEqual(["late by 1:30"]);
  expect(lateness({ ...done, at: AT }, words)).toEqual([]);
});
