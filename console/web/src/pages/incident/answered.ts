/** When a person answered: more than that it was seen. One rule for the page of a fire and for its report. Pure. */
import type { Schemas } from "../../api/client";
import type { Micros } from "../../live/events";

export const answeredAt = ({ answers }: Schemas["PersonTold"]): Micros | null =>
  answers.findLast(({ kind }) => kind !== "seen")?.at ?? null;
