import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { APART, CalmTones } from "./calmTones";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tones = () => {
  const played: string[] = [];
  return { played, calm: new CalmTones((tone) => played.push(tone)) };
};

test("a tone sounds once, and many in a moment are one", () => {
  const { played, calm } = tones();
  calm.ring("fault");
  calm.ring("supervisory");
  vi.advanceTimersByTime(APART * 10);
  expect(played).toEqual(["fault"]);
});

test("the next one waits until the one before is long over", () => {
  const { played, calm } = tones();
  calm.ring("fault");
  vi.advanceTimersByTime(1);
  calm.ring("supervisory");
  vi.advanceTimersByTime(APART - 2);
  expect(played).toEqual(["fault"]);
  vi.advanceTimersByTime(2);
  expect(played).toEqual(["fault", "supervisory"]);
});

test("none sounds while a fire does; it comes after it", () => {
  const { played, calm } = tones();
  calm.silence(true);
  calm.ring("fault");
  vi.advanceTimersByTime(APART * 10);
  expect(played).toEqual([]);
  calm.silence(false);
  vi.advanceTimersByTime(1);
  expect(played).toEqual(["fault"]);
});
