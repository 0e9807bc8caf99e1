/** The person for whom a fire waits: to approve its end, or to accept it. Pure. */
import type { Fire, WhoAsks } from "../live/events";

/** In the words of whoever reads: the one who is awaited, or another, as the one who asked for it. */
export type Awaits = "my_approval" | "second_person" | "my_acceptance" | "acceptance";

/** What *fire* waits for, as *who* must read it; null where it waits for nobody in particular. */
export function awaitsOf(fire: Fire, who: WhoAsks | null): Awaits | null {
  if (fire.phase === "closed" || who === null) return null;
  if (fire.offer !== null && fire.offer.to === who.account) return "my_acceptance";
  if (fire.closing !== null) return isApprover(fire, who) ? "my_approval" : "second_person";
  return fire.offer === null ? null : "acceptance";
}

/** Whether it is this person who must act now. */
export const isMine = (awaits: Awaits | null): boolean =>
  awaits === "my_approval" || awaits === "my_acceptance";

const isApprover = ({ closing }: Fire, who: WhoAsks): boolean =>
  closing !== null && closing.by !== who.name && who.permissions.includes("acts:approve");
