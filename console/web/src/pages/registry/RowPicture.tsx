/** What rows show that a form alone does not explain: a policy in time, a roster by days, a trial of a contact. */
import { lazy } from "react";

import type { Row } from "./form/values";

const PolicyTimeline = lazy(() => import("./policy/PolicyTimeline"));
const RosterMonth = lazy(() => import("./roster/RosterMonth"));
const TryContact = lazy(() => import("./contact/TryContact"));

export function RowPicture({ table, row }: { table: string; row: Row }) {
  if (table === "policies") return <PolicyTimeline policy={String(row["id"])} />;
  if (table === "rosters") return <RosterMonth roster={row} />;
  if (table === "contacts") return <TryContact contact={String(row["id"])} />;
  return null;
}
