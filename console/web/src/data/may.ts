/** The permissions of whoever is signed in: a page asks for nothing that would be refused. */
import { useLive } from "../live/live";
import type { WhoAsks } from "../live/events";

export type Permission = WhoAsks["permissions"][number];

export function useMay(permission: Permission): boolean {
  return useLive((live) => live.who?.permissions.includes(permission) ?? false);
}
