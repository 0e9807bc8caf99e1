import { expect, test } from "vitest";

import type { Tick } from "./events";
import { faultsOf, heardNext, isBlind, TICK_LIMIT } from "./sight";

const AT = 1_800_000_000_000_000;
const OK = { state: "ok", since: AT } as const;
const CALM: Tick = {
  at: AT,
  upstream: { ...OK, lag_ms: 0 },
  ingest: OK,
  broker: OK,
  clock_offset_ms: 0,
  gap: 0,
};
const heard = (tick: Partial<Tick> = {}) => ({
  tick: { ...CALM, ...tick },
  arrived: { steady: 10_000, wall: AT / 1_000 },
});

test("all is well while ticks come", () => {
  expect(faultsOf(heard(), 10_000 + TICK_LIMIT, AT)).toEqual([]);
});

test("without a tick for five seconds the screen is blind since the last one", () => {
  expect(faultsOf(heard(), 10_001 + TICK_LIMIT, AT)).toEqual([
    { cause: "no_tick", degree: "blind", since: AT },
  ]);
});

test("a screen that never heard a tick is blind as well", () => {
  expect(isBlind(faultsOf(null, TICK_LIMIT + 1, AT))).toBe(true);
});

test.each([
  ["feed_lost", { upstream: { state: "lost", since: AT - 9, lag_ms: 0 } }, true],
  ["feed_late", { upstream: { ...OK, lag_ms: 5_001 } }, true],
  ["gap", { gap: 1 }, true],
  ["broker_lost", { broker: { state: "lost", since: AT } }, true],
  ["ingest_lost", { ingest: { state: "lost", since: AT } }, false],
  ["clock_off", { clock_offset_ms: -2_001 }, false],
] as const)("%s is said in its degree", (cause, tick, blind) => {
  const faults = faultsOf(heard(tick), 10_000, AT);
  expect([faults.map((each) => each.cause), isBlind(faults)]).toEqual([[cause], blind]);
});

test("a clock that stays wrong is wrong since the first tick that showed it", () => {
  const off = (at: number) => ({ ...CALM, at, clock_offset_ms: 9_000 });
  const arrived = (at: number) => ({ steady: 10_000, wall: at / 1_000 });
  const first = heardNext(null, off(AT), arrived(AT));
  const second = heardNext(first, off(AT + 1_000_000), arrived(AT + 1_000_000));
  expect(faultsOf(second, 10_000, AT)).toEqual([{ cause: "clock_off", degree: "impaired", since: AT }]);
  const right = heardNext(second, { ...CALM, at: AT + 2_000_000 }, arrived(AT + 2_000_000));
  const again = heardNext(right, off(AT + 3_000_000), arrived(AT + 3_000_000));
  expect(faultsOf(again, 10_000, AT)[0]?.since).toBe(AT + 3_000_000);
});

test("a clock of this machine that is wrong is said, and hides no fire", () => {
  const late = { ...heard(), arrived: { steady: 10_000, wall: AT / 1_000 + 2_001 } };
  const faults = faultsOf(late, 10_000, AT);
  expect([faults.map((each) => each.cause), isBlind(faults)]).toEqual([["clock_here"], false]);
});
