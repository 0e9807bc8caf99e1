/** The replay of a fire: which points were lit at a moment. Pure. */
import type { Schemas } from "../../api/client";

type Point = Schemas["BurningPoint"];

/** Points in the order in which they alarmed, each with its number; the moment of one never lies before the last. */
export function inOrder(points: readonly Point[]): Point[] {
  return [...points].sort((a, b) => a.changed_at - b.changed_at || (a.point < b.point ? -1 : 1));
}

/** The state of the *index*-th point once *step* points have been replayed. */
export function stateAt(index: number, step: number): "dark" | "lit" | "newest" {
  if (index >= step) return "dark";
  return index === step - 1 ? "newest" : "lit";
}
