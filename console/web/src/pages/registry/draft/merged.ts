/** The rows of a table of premises as the draft of this tab makes them. Pure. */
import type { Row } from "../form/values";
import type { Draft } from "./working";

type Changes = Pick<Draft, "changes">;

/** *rows* of *premises* with the changes of *draft*: those that it adds too, without those that it removes. */
export function merged(
  draft: Changes | null,
  table: string,
  premises: string,
  rows: readonly Row[],
): Row[] {
  const changes = (draft?.changes ?? []).filter((each) => each.table === table);
  const ofKey = new Map(changes.map((each) => [each.key, each]));
  const known = new Set(rows.map((row) => keyOf(row, premises)));
  const kept = rows
    .filter((row) => ofKey.get(keyOf(row, premises))?.change !== "removed")
    .map((row) => withFields(row, ofKey.get(keyOf(row, premises))?.fields ?? []));
  const added = changes
    .filter(
      ({ key, change }) => change !== "removed" && !known.has(key) && key.startsWith(`${premises}/`),
    )
    .map(({ key, fields }) => withFields({ id: key.slice(premises.length + 1), premises }, fields));
  return [...kept, ...added];
}

const keyOf = (row: Row, premises: string) => `${premises}/${String(row["id"])}`;

function withFields(row: Row, fields: Draft["changes"][number]["fields"]): Row {
  return { ...row, ...Object.fromEntries(fields.map(({ field, after }) => [field, after])) };
}
