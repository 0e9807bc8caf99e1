/** Whether the step that a fire waits for is overdue: that stays marked whoever has the fire. */
import type { Fire } from "../live/events";
import { useCenterNow } from "../live/live";
import { clockOf } from "./clock";

export function useOverdue(fire: Fire): boolean {
  return clockOf(fire, useCenterNow())?.pressure === "overdue";
}
