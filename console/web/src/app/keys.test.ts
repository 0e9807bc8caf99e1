import { expect, test, vi } from "vitest";

import { Keys, LAYERS } from "./keys";

const binding = (key: string, layer: number = LAYERS.page) => ({ key, label: key, act: vi.fn(), layer });

test("what was bound last acts, and what was before it acts again afterwards", () => {
  const keys = new Keys();
  const [first, second] = [binding("t"), binding("t")];
  keys.bind(first);
  const leave = keys.bind(second);
  keys.press("t");
  leave();
  keys.press("t");
  expect([first.act.mock.calls.length, second.act.mock.calls.length]).toEqual([1, 1]);
});

test("under a sheet no key of the page acts, also where the page binds it again", () => {
  const keys = new Keys();
  keys.bind({ ...binding(""), layer: LAYERS.sheet });
  const take = binding("t");
  keys.bind(take);
  expect([keys.press("t"), take.act.mock.calls.length]).toEqual([false, 0]);
});
