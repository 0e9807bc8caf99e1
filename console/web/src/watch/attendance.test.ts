import { expect, test } from "vitest";

import { ASLEEP, looked, LOOK, pointed, reportOf, UNATTENDED } from "./attendance";

const AT = 1_800_000_000_000;
const AROUND = { desk: "d1", at: 9, hidden: false, soundTestedAt: null };

test("a page that looks each second is awake", () => {
  const state = looked(looked(UNATTENDED, AT), AT + LOOK);
  expect(reportOf(state, AROUND).asleep).toBe(false);
});

test("a page that was stopped says so on waking, until it was reported", () => {
  const woken = looked(looked(UNATTENDED, AT), AT + ASLEEP + 1);
  const later = looked(woken, AT + ASLEEP + 1 + LOOK);
  expect([woken.slept, later.slept]).toEqual([true, true]);
});

test("rows that move below a pointer which lies still are no sign of a person", () => {
  const first = pointed(UNATTENDED, { x: 4, y: 5 }, 100);
  expect(pointed(first, { x: 4, y: 5 }, 200).pointerAt).toBeNull();
  expect(pointed(first, { x: 4, y: 6 }, 300).pointerAt).toBe(300);
});

test("a page that shows nothing new is reported with its last signs, not with newer ones", () => {
  const state = { ...looked(UNATTENDED, AT), keyAt: 5, pointerAt: null };
  expect(reportOf(state, { ...AROUND, hidden: true })).toEqual({
    desk: "d1",
    at: 9,
    signs: { key_at: 5, pointer_at: null },
    hidden: true,
    asleep: false,
    sound_tested_at: null,
  });
});
