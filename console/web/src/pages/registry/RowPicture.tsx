/** The picture of rows that a form alone does not explain: a policy in time, a roster by the days of a month. */
import { lazy } from "react";

import type { Row } from "./form/values";

const PolicyTimeline = lazy(() => import("./policy/PolicyTimeline"));
const RosterMonth = lazy(() => import("./roster/RosterMonth"));

export function RowPicture({ table, row }: { table: string; row: Row }) {
  if (table === "policies") return <PolicyTimeline policy={String(row["id"])} />;
  if (table === "rosters") return <RosterMonth roster={row} />;
  return null;
}
