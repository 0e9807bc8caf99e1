/** What became of the acts of this screen: sent, stored, refused, or without an answer. Pure. */
import { Refused } from "../../api/client";
import type { Incident } from "../../live/events";
import type { SentOrder } from "./acting";

export type Became = "sent" | "stored" | "to_approve" | "to_accept" | "refused" | "unanswered";

export interface SentAct extends SentOrder {
  /** Milliseconds since 1970 when it was sent; no two acts have the same place in the list. */
  at: number;
  became: Became;
  error: Error | null;
}

/** An act as the library that sends it knows it. */
export interface Sending {
  status: "idle" | "pending" | "success" | "error";
  variables: SentOrder | undefined;
  data: Incident | undefined;
  error: Error | null;
  submittedAt: number;
}

/** The acts of *all*, the latest last. */
export function actsSent(all: readonly Sending[]): SentAct[] {
  return all.flatMap((each) => {
    if (each.variables === undefined || each.status === "idle") return [];
    return [{ ...each.variables, at: each.submittedAt, became: becameOf(each), error: each.error }];
  });
}

function becameOf({ status, variables, data, error }: Sending): Became {
  if (status === "pending") return "sent";
  if (status === "success") return storedAs(variables, data);
  return error instanceof Refused && error.status < 500 ? "refused" : "unanswered";
}

/** Whether what is stored waits for another person, without whom it does not hold. */
function storedAs(sent: SentOrder | undefined, data: Incident | undefined): Became {
  if (data?.phase === "pending_approval") return "to_approve";
  if (data?.kind !== "fire" || data.phase === "closed") return "stored";
  if (sent?.order.act === "close" && data.closing !== null) return "to_approve";
  if (sent?.order.act === "hand_over" && data.offer !== null) return "to_accept";
  return "stored";
}

const isStored = ({ became }: SentAct): boolean =>
  became === "stored" || became === "to_approve" || became === "to_accept";

/** Whether *act* is one that the center is not known to have. */
export const isOpen = (act: SentAct): boolean => !isStored(act);

/** The acts that a person must still see: all that are not stored, and of the others the latest. */
export function toShow(acts: readonly SentAct[]): SentAct[] {
  return acts.filter((each, index) => {
    const later = acts.slice(index + 1);
    if (isStored(each)) return later.length === 0;
    // Ordered again, and stored: the first time no longer matters.
    return !later.some((next) => isStored(next) && isSame(next, each));
  });
}

const isSame = (a: SentAct, b: SentAct): boolean =>
  a.incident === b.incident && JSON.stringify(a.order) === JSON.stringify(b.order);
