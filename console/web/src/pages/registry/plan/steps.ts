/** The step of an arrow key on a plan. Pure. */
import type { Spot } from "./placing";

/** A hundredth of the plan; with Shift five of them, with Ctrl a fifth of one. */
const STEP = 0.01;

const ARROWS: Partial<Record<string, Spot>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

interface Pressed {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
}

/** The step of *key*; null where it is no arrow. */
export function stepOf({ key, shiftKey, ctrlKey }: Pressed): Spot | null {
  const arrow = ARROWS[key];
  if (arrow === undefined) return null;
  const step = STEP * (shiftKey ? 5 : ctrlKey ? 0.2 : 1);
  return { x: arrow.x * step, y: arrow.y * step };
}
