/** The names of groups of fields: of each nested value of a row. */
import type { Key } from "../../../generated/keys";

export const GROUPS: Partial<Record<string, Key>> = {
  facility: "desk.registry.group_facility",
  "facility.insurance": "desk.registry.group_insurance",
  quiet: "desk.registry.group_quiet",
  group: "desk.registry.group_group",
};
