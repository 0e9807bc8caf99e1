/** The pages of the registry: premises, tables, rows, drafts. */
import { lazy } from "react";

import { KEYS } from "../../app/keyTable";
import type { Page } from "../../app/pages";

export const REGISTRY_PAGES: readonly Page[] = [
  {
    path: "/registry",
    title: "desk.pages.registry",
    go: KEYS.registry,
    more: true,
    needs: "registry:read",
    component: lazy(() => import("./RegistryPage")),
  },
  {
    path: "/registry/premises/:id",
    title: "desk.pages.registry",
    component: lazy(() => import("./PremisesPage")),
  },
  {
    path: "/registry/premises/:id/floors/:floor",
    title: "desk.registry.plan",
    component: lazy(() => import("./plan/FloorPage")),
  },
  {
    path: "/registry/tables/:table",
    title: "desk.pages.registry",
    component: lazy(() => import("./TablePage")),
  },
  {
    path: "/registry/tables/:table/row",
    title: "desk.pages.registry",
    component: lazy(() => import("./RowPage")),
  },
  {
    path: "/registry/tables/:table/new",
    title: "desk.pages.registry",
    component: lazy(() => import("./NewRowPage")),
  },
  {
    path: "/registry/drafts",
    title: "desk.registry.drafts",
    component: lazy(() => import("./DraftsPage")),
  },
  {
    path: "/registry/drafts/:id",
    title: "desk.registry.draft",
    component: lazy(() => import("./DraftPage")),
  },
  {
    path: "/registry/sheets",
    title: "desk.registry.sheets",
    component: lazy(() => import("./SheetsPage")),
  },
  {
    path: "/registry/versions",
    title: "desk.registry.versions",
    component: lazy(() => import("./VersionsPage")),
  },
  {
    path: "/security",
    title: "desk.pages.security",
    go: KEYS.security,
    more: true,
    component: lazy(() => import("../security/SecurityPage")),
  },
];
