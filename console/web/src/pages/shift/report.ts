/** A report of the center as tables with the texts of each cell. Pure. */
import { duration } from "../../time/written";

export interface ReportTable {
  table: string;
  title: string;
  note: string;
  columns: string[];
  rows: string[][];
}

interface Column {
  key: string;
  title: string;
  kind: string;
}

interface Sent {
  tables: {
    table: string;
    title: string;
    note: string;
    columns: Column[];
    rows: Record<string, unknown>[];
  }[];
}

/** The tables of a *report* as the center sends it in JSON (docs/reports.md). */
export function tablesOf(report: unknown): ReportTable[] {
  return (report as Sent).tables.map(({ table, title, note, columns, rows }) => ({
    table,
    title,
    note,
    columns: columns.map((each) => each.title),
    rows: rows.map((row) => columns.map(({ key, kind }) => cellOf(row[key], kind))),
  }));
}

/** The text of a *value*; a dash where there is none, which is never 0. */
export function cellOf(value: unknown, kind: string): string {
  if (value === null || value === undefined) return "—";
  if (typeof value === "number" && kind === "share") return `${(value * 100).toFixed(1)} %`;
  if (typeof value === "number" && kind === "seconds") return duration(value);
  // A thousandth says enough: the spreadsheet has all digits.
  if (typeof value === "number") return String(Math.round(value * 1_000) / 1_000);
  return typeof value === "string" ? value : "";
}
