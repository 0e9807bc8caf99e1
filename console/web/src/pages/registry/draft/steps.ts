/** The steps that may be taken with a draft now. Pure. */
import type { Draft } from "./working";

export type Step = "validate" | "rehearse" | "rebase" | "submit" | "approve" | "apply" | "discard";

/** What whoever looks at a draft may do: apply changes, be the second person. */
export interface DraftRights {
  write: boolean;
  approve: boolean;
}

/** Whether a second person must still approve *draft*. */
export function waitsForSecond(draft: Pick<Draft, "approval" | "approved_by">): boolean {
  const needs = draft.approval === "rules" || draft.approval === "always";
  return needs && draft.approved_by === null;
}

/** The steps of *draft* in their order; none once it has ended. */
export function stepsOf(draft: Draft, { write, approve }: DraftRights): Step[] {
  const { state, conflicts } = draft;
  if (state !== "open" && state !== "submitted") return [];
  const waits = waitsForSecond(draft);
  const steps: [Step, boolean][] = [
    ["validate", true],
    ["rehearse", true],
    ["rebase", conflicts > 0],
    ["submit", state === "open" && (waits || !write)],
    ["approve", state === "submitted" && approve && waits],
    ["apply", write && !waits],
    ["discard", true],
  ];
  return steps.filter(([, may]) => may).map(([step]) => step);
}
