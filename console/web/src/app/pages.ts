/** The pages: where each one is, what it is called, which key opens it. Each is loaded when it is first opened. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

import type { Key } from "../generated/keys";
import type { WhoAsks } from "../live/events";
import { REGISTRY_PAGES } from "../pages/registry/pages";
import { KEYS } from "./keyTable";

export interface Page {
  path: string;
  title: Key;
  /** The key that opens it; pages of one thing have none. */
  go?: string;
  /** Who lacks this permission is not led there: the center would refuse what the page asks. */
  needs?: Permission;
  /** Who else is not led there: it would be empty. */
  isFor?: (who: WhoAsks) => boolean;
  /** Whether it stands behind "More": the bar has room for what an officer opens all day. */
  more?: boolean;
  component: LazyExoticComponent<ComponentType>;
}

type Permission = WhoAsks["permissions"][number];

/** The pages to which *who* is led; all of them while nobody is known. */
export function pagesFor(who: WhoAsks | null): readonly Page[] {
  const named = PAGES.filter((each) => each.go !== undefined);
  if (who === null) return named.filter((each) => each.isFor === undefined);
  return named.filter(
    ({ needs, isFor }) =>
      (needs === undefined || who.permissions.includes(needs)) && isFor?.(who) !== false,
  );
}

/** Whether *who* answers for premises: a head, one of their team, or the commune that they belong to. */
const hasPremises = ({ roles }: WhoAsks): boolean =>
  roles.some((each) => each.premises !== null || each.role === "commune");

export const PAGES: readonly Page[] = [
  {
    path: "/",
    title: "desk.pages.queue",
    go: KEYS.queue,
    component: lazy(() => import("../pages/queue/QueuePage")),
  },
  {
    path: "/map",
    title: "desk.pages.map",
    go: KEYS.map,
    needs: "registry:read",
    component: lazy(() => import("../pages/map/MapPage")),
  },
  {
    path: "/health",
    title: "desk.pages.health",
    go: KEYS.health,
    needs: "gateways:read",
    component: lazy(() => import("../pages/health/HealthPage")),
  },
  {
    path: "/overrides",
    title: "desk.pages.overrides",
    go: KEYS.overrides,
    needs: "overrides:read",
    component: lazy(() => import("../pages/overrides/OverridesPage")),
  },
  {
    path: "/shift",
    title: "desk.pages.shift",
    go: KEYS.shift,
    needs: "desks:attend",
    component: lazy(() => import("../pages/shift/ShiftPage")),
  },
  {
    path: "/mine",
    title: "desk.pages.mine",
    go: KEYS.mine,
    isFor: hasPremises,
    component: lazy(() => import("../pages/phone/PhonePage")),
  },
  {
    path: "/matters",
    title: "desk.pages.matters",
    go: KEYS.matters,
    more: true,
    component: lazy(() => import("../pages/matters/MattersPage")),
  },
  {
    path: "/incidents/:id",
    title: "desk.pages.incident",
    component: lazy(() => import("../pages/incident/IncidentPage")),
  },
  {
    path: "/start",
    title: "desk.pages.start",
    go: KEYS.start,
    more: true,
    component: lazy(() => import("../pages/firstrun/StartPage")),
  },
  {
    path: "/incidents/:id/report",
    title: "desk.pages.report",
    component: lazy(() => import("../pages/incident/report/IncidentReport")),
  },
  ...REGISTRY_PAGES,
];
