/** The values of a row in a form, and the changes that a draft takes. Pure. */
import type { Schemas } from "../../../api/client";

export type Column = Schemas["DescribedColumn"];
export type Field = Schemas["DescribedField"];
export type Table = Schemas["DescribedTable"];
export type Fault = Schemas["DraftFault"];
export type Row = Record<string, unknown>;

/** Values by the paths of columns: what a form holds while somebody writes in it. */
export type Values = Readonly<Record<string, unknown>>;

/** The value at *path* in *row*, such as `facility.head`; undefined where nothing is there. */
export function valueAt(row: Row, path: string): unknown {
  let found: unknown = row;
  for (const part of path.split(".")) {
    if (found === null || typeof found !== "object") return undefined;
    found = (found as Row)[part];
  }
  return found ?? undefined;
}

/** The values of *row* by column; a missing one is not there. */
export function valuesOf(columns: readonly Field[], row: Row): Values {
  const found: Record<string, unknown> = {};
  for (const { path } of columns) {
    const value = valueAt(row, path);
    if (value !== undefined) found[path] = value;
  }
  return found;
}

/** Whether *value* says nothing: an empty text, an empty list. */
export function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

/** *text* as the number that a person wrote with a comma or a point; the text where it is none. */
export function numberOf(text: string): number | string | undefined {
  const trimmed = text.trim().replace(",", ".");
  if (trimmed === "") return undefined;
  const found = Number(trimmed);
  return Number.isFinite(found) ? found : text;
}

/** Whether *values* say anything in *group*: what it needs is needed from then on alone. */
export function isBegun(values: Values, group: string): boolean {
  return Object.entries(values).some(([path, value]) => path.startsWith(`${group}.`) && !isEmpty(value));
}

function put(row: Row, path: string, value: unknown): void {
  const parts = path.split(".");
  const last = parts.pop() ?? path;
  let inner = row;
  for (const part of parts) {
    const next = (inner[part] ?? {}) as Row;
    inner[part] = next;
    inner = next;
  }
  inner[last] = value;
}

/** A whole row of *values*, without those that say nothing. */
export function rowOf(values: Values): Row {
  const row: Row = {};
  for (const [path, value] of Object.entries(values)) if (!isEmpty(value)) put(row, path, value);
  return row;
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The fields of *before* that *values* change, as an edit of a draft has them: null takes one away. */
export function changesOf(before: Row, values: Values): Row {
  const changes: Row = {};
  for (const [path, value] of Object.entries(values)) {
    const was = valueAt(before, path);
    if (isEmpty(value) ? isEmpty(was) : same(was, value)) continue;
    put(changes, path, isEmpty(value) ? null : value);
  }
  return changes;
}

/** The faults of the field at *path*, those of the values in its list too. */
export function faultsAt(faults: readonly Fault[], path: string): Fault[] {
  return faults.filter((each) => each.field === path || each.field.startsWith(`${path}.`));
}

/** The faults that stand at no field of *columns*: they are said above the form. */
export function faultsElsewhere(faults: readonly Fault[], columns: readonly Field[]): Fault[] {
  return faults.filter((each) => !columns.some(({ path }) => faultsAt([each], path).length > 0));
}

/** The columns in groups of what belongs together: the row's own first, then each nested value. */
export function groupsOf(columns: readonly Column[]): [string, Column[]][] {
  const groups = new Map<string, Column[]>();
  for (const each of columns) {
    const group = each.path.includes(".") ? each.path.slice(0, each.path.lastIndexOf(".")) : "";
    groups.set(group, [...(groups.get(group) ?? []), each]);
  }
  return [...groups];
}
