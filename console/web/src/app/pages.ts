/** The pages: where each one is, what it is called, which key opens it. Each is loaded when it is first opened. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

import type { Key } from "../generated/keys";
import type { WhoAsks } from "../live/events";
import { REGISTRY_PAGES } from "../pages/registry/pages";

export interface Page {
  path: string;
  title: Key;
  /** Opens it after `g`, as in many programs of the keyboard; pages of one thing have none. */
  go?: string;
  /** Who lacks this permission is not led there: the center would refuse what the page asks. */
  needs?: Permission;
  component: LazyExoticComponent<ComponentType>;
}

type Permission = WhoAsks["permissions"][number];

/** The pages to which *who* is led; all of them while nobody is known. */
export function pagesFor(who: WhoAsks | null): readonly Page[] {
  const named = PAGES.filter((each) => each.go !== undefined);
  return named.filter(
    (each) => each.needs === undefined || (who?.permissions.includes(each.needs) ?? true),
  );
}

export const PAGES: readonly Page[] = [
  {
    path: "/",
    title: "desk.pages.queue",
    go: "q",
    component: lazy(() => import("../pages/queue/QueuePage")),
  },
  {
    path: "/health",
    title: "desk.pages.health",
    go: "h",
    needs: "gateways:read",
    component: lazy(() => import("../pages/health/HealthPage")),
  },
  {
    path: "/map",
    title: "desk.pages.map",
    go: "m",
    needs: "registry:read",
    component: lazy(() => import("../pages/map/MapPage")),
  },
  {
    path: "/overrides",
    title: "desk.pages.overrides",
    go: "x",
    needs: "overrides:read",
    component: lazy(() => import("../pages/overrides/OverridesPage")),
  },
  {
    path: "/shift",
    title: "desk.pages.shift",
    go: "s",
    needs: "desks:attend",
    component: lazy(() => import("../pages/shift/ShiftPage")),
  },
  {
    path: "/mine",
    title: "desk.pages.mine",
    go: "p",
    component: lazy(() => import("../pages/phone/PhonePage")),
  },
  {
    path: "/matters",
    title: "desk.pages.matters",
    go: "o",
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
    go: "b",
    component: lazy(() => import("../pages/firstrun/StartPage")),
  },
  {
    path: "/incidents/:id/report",
    title: "desk.pages.report",
    component: lazy(() => import("../pages/incident/report/IncidentReport")),
  },
  ...REGISTRY_PAGES,
];
