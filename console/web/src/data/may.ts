/** The permissions of whoever is signed in: a page asks for nothing that would be refused, and says who may. */
import { useLive } from "../live/live";
import type { WhoAsks } from "../live/events";
import { useWords, type Words } from "../words/words";

export type Permission = WhoAsks["permissions"][number];

export function useMay(permission: Permission): boolean {
  return useLive((live) => live.who?.permissions.includes(permission) ?? false);
}

/** The roles of people that have what a page acts by: those of the center's table, which a test compares. */
const ROLES = {
  "incidents:act": [
    "duty-officer",
    "shift-leader",
    "commander",
    "area-team",
    "commune",
    "head-of-premises",
    "team-member",
  ],
  "incidents:close": ["duty-officer", "shift-leader", "commander"],
  "acts:approve": ["shift-leader", "commander", "head-of-premises"],
  "overrides:order": ["duty-officer", "shift-leader", "commander", "head-of-premises", "maintainer"],
  "registry:propose": ["commune", "head-of-premises", "maintainer", "administrator"],
  "registry:write": ["administrator"],
} as const;

const NAMES = {
  "duty-officer": "desk.role.duty_officer",
  "shift-leader": "desk.role.shift_leader",
  commander: "desk.role.commander",
  "area-team": "desk.role.area_team",
  commune: "desk.role.commune",
  "head-of-premises": "desk.role.head_of_premises",
  "team-member": "desk.role.team_member",
  maintainer: "desk.role.maintainer",
  administrator: "desk.role.administrator",
} as const;

/** A permission by which a page acts. */
export type Needed = keyof typeof ROLES;

/** Why *who* may not do what needs *permission*: what is missing first, or who may; null for whoever may. */
export function whyNot(permission: Needed, who: WhoAsks | null, words: Words): string | null {
  if (who === null || who.permissions.includes(permission)) return null;
  if (who.missing.includes("code")) return words.t("desk.may.code");
  const roles = ROLES[permission].map((each) => words.t(NAMES[each]));
  return words.t("desk.may.only", { roles: roles.join(", ") });
}

export function useWhyNot(permission: Needed | undefined): string | null {
  const words = useWords();
  const who = useLive((live) => live.who);
  return permission === undefined ? null : whyNot(permission, who, words);
}
