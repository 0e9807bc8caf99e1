/** How late a step of the procedure was done or skipped, or that it is late still. Pure. */
import type { Schemas } from "../../../api/client";
import { duration } from "../../../time/written";
import type { Words } from "../../../words/words";

type Step = Pick<Schemas["IncidentStep"], "at" | "due_at" | "state">;

export function lateness({ at, due_at, state }: Step, { t }: Words): string[] {
  if (state === "late") return [t("desk.report.late")];
  if (at === null || due_at === null || at <= due_at) return [];
  return [t("desk.report.late_by", { time: duration((at - due_at) / 1_000_000) })];
}
