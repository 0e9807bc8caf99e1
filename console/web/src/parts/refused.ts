/** Why the center refused an act, in the words of the desk. Pure. */
import type { Schemas } from "../api/client";
import { written } from "../time/written";
import type { Words } from "../words/words";

const REASONS = {
  same_person: "desk.refused.same_person",
  nothing_to_approve: "desk.refused.nothing_waits",
  already_closed: "desk.refused.closed",
} as const;

/** The true reason of a refusal; null where the words of the center itself must do. */
export function whyRefused(body: Partial<Schemas["Error"]>, words: Words, now: number): string | null {
  const { refusal, since, owner = "" } = body;
  if (refusal === "waits_for_approval")
    return since === undefined
      ? words.t("desk.refused.waits", { by: owner })
      : words.t("desk.refused.waits_since", { by: owner, at: written(since, now, words.language) });
  if (refusal === "owned_by_another" || (refusal === undefined && owner !== ""))
    return words.t("desk.owned", { owner });
  if (refusal === "already_closed" && owner === "") return null;
  const key = REASONS[refusal as keyof typeof REASONS] as
    (typeof REASONS)[keyof typeof REASONS] | undefined;
  return key === undefined ? null : words.t(key, { by: owner });
}
