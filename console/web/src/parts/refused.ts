/** Why the center refused an act, in the words of the desk. Pure. */
import type { Schemas } from "../api/client";
import { written } from "../time/written";
import type { Words } from "../words/words";

const REASONS = {
  same_person: "desk.refused.same_person",
  nothing_to_approve: "desk.refused.nothing_waits",
  already_closed: "desk.refused.closed",
  out_of_order: "desk.refused.out_of_order",
  points_in_fire: "desk.refused.points_in_fire",
  checked_by_another: "desk.refused.checked",
  nobody_owns_it: "desk.refused.nobody_owns",
  not_offered: "desk.refused.not_offered",
  already_yours: "desk.refused.already_yours",
  nobody_to_accept: "desk.refused.nobody_to_accept",
  no_draft: "desk.refused.no_draft",
  draft_changed: "desk.refused.draft_changed",
  too_many_checks: "desk.refused.too_many_checks",
  too_many_drafts: "desk.refused.too_many_drafts",
  own_draft: "desk.refused.own_draft",
  not_a_person: "desk.refused.not_a_person",
  empty_draft: "desk.refused.empty_draft",
  registry_changed: "desk.refused.registry_changed",
  being_checked: "desk.refused.being_checked",
  needs_approval: "desk.refused.needs_approval",
  wrong_state: "desk.refused.wrong_state",
  same_as_active: "desk.refused.same_as_active",
  no_version: "desk.refused.no_version",
  rows_in_error: "desk.refused.rows_in_error",
  draft_unchecked: "desk.refused.draft_unchecked",
} as const;

/** The reasons of which each needs a name; without one the words of the center itself must do. */
const NAMED: readonly string[] = [
  "same_person",
  "already_closed",
  "checked_by_another",
  "already_yours",
];

/** The true reason of a refusal; null where the words of the center itself must do. */
export function whyRefused(body: Partial<Schemas["Error"]>, words: Words, now: number): string | null {
  const { refusal, since, owner = "" } = body;
  if (refusal === "waits_for_approval")
    return since === undefined
      ? words.t("desk.refused.waits", { by: owner })
      : words.t("desk.refused.waits_since", { by: owner, at: written(since, now, words.language) });
  if (refusal === "owned_by_another" || (refusal === undefined && owner !== ""))
    return words.t("desk.owned", { owner });
  if (refusal === undefined || (NAMED.includes(refusal) && owner === "")) return null;
  const key = REASONS[refusal as keyof typeof REASONS] as
    (typeof REASONS)[keyof typeof REASONS] | undefined;
  return key === undefined ? null : words.t(key, { by: owner });
}

const STATUSES = {
  400: "desk.refused.not_accepted",
  401: "desk.refused.not_signed_in",
  403: "desk.refused.not_permitted",
  404: "desk.refused.not_there",
  409: "desk.refused.conflict",
  413: "desk.refused.too_large",
  429: "desk.refused.too_often",
} as const;

/** What a refusal with *status* means where nothing else says it: the words of the center stand beside it. */
export function whyStatus(status: number, { t }: Words): string {
  if (status >= 500) return t("desk.refused.not_now");
  const known = (STATUSES as Partial<Record<number, (typeof STATUSES)[keyof typeof STATUSES]>>)[status];
  return t(known ?? "desk.refused.not_accepted");
}
