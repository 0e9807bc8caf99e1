/** Walking the rows of the queue by keys. Pure. */
import { KEYS, keyOf } from "../../app/keyTable";

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  [KEYS.down]: 1,
  ArrowUp: -1,
  [KEYS.up]: -1,
};

/** The row that *key* leads to from the one *at* (-1: none), of *count*; null where the key is another one. */
export function placeAfter(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  const step = STEPS[keyOf(key)];
  const to = step === undefined ? { Home: 0, End: count - 1 }[key] : at + step;
  return to === undefined ? null : Math.min(Math.max(to, 0), count - 1);
}
