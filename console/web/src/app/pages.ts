/** The pages: where each one is, what it is called, which key opens it. Each is loaded when it is first opened. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

import type { Key } from "../generated/keys";
import { REGISTRY_PAGES } from "../pages/registry/pages";

export interface Page {
  path: string;
  title: Key;
  /** Opens it after `g`, as in many programs of the keyboard; pages of one thing have none. */
  go?: string;
  component: LazyExoticComponent<ComponentType>;
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
    component: lazy(() => import("../pages/health/HealthPage")),
  },
  {
    path: "/map",
    title: "desk.pages.map",
    go: "m",
    component: lazy(() => import("../pages/map/MapPage")),
  },
  {
    path: "/overrides",
    title: "desk.pages.overrides",
    go: "x",
    component: lazy(() => import("../pages/overrides/OverridesPage")),
  },
  {
    path: "/shift",
    title: "desk.pages.shift",
    go: "s",
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
  ...REGISTRY_PAGES,
];
