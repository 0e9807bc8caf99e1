/** What the registry pages ask the center for. */
import { useQuery } from "@tanstack/react-query";

import { answer, api, type Schemas } from "../../api/client";
import type { Table } from "./form/values";

export type RegistryRow = Schemas["RegistryRow"];

/** Rows that a page of a table shows at once. */
export const PAGE = 100;

/** Rows that a choice offers; beyond them a name is written by hand. */
const OFFERED = 500;

/** The description of all tables, from which forms are made. */
export function useTables() {
  return useQuery({
    queryKey: ["registry", "tables"],
    queryFn: () => answer(api.GET("/api/v1/registry/tables", {})),
    staleTime: Infinity,
  });
}

export function useTable(name: string): Table | undefined {
  return useTables().data?.tables.find((each) => each.table === name);
}

export function useRegistryState() {
  return useQuery({
    queryKey: ["registry", "state"],
    queryFn: () => answer(api.GET("/api/v1/registry", {})),
  });
}

interface RowsAsked {
  table: string;
  premises?: string | undefined;
  after?: string;
  limit?: number;
}

export function useRows({ table, premises = "", after = "", limit = PAGE }: RowsAsked) {
  return useQuery({
    queryKey: ["registry", "rows", table, premises, after, limit],
    queryFn: () =>
      answer(
        api.GET("/api/v1/registry/{table}", {
          params: { path: { table }, query: { after, limit, premises } },
        }),
      ),
  });
}

export interface Choice {
  id: string;
  name: string;
}

/** The text at *field* of a row of the registry, whose fields the description names; empty where none is. */
export function textAt(row: Record<string, unknown>, field: string): string {
  const value = row[field];
  return typeof value === "string" ? value : "";
}

/** What a row is called: its name, its place, or its id. */
export function nameOf(row: Record<string, unknown>): string {
  const named = [row["name"], row["place"], row["id"]].find(
    (each) => typeof each === "string" && each !== "",
  );
  return typeof named === "string" ? named : "";
}

/** The rows of *table* that a field may name, by id. */
export function useChoices(table: string, premises: string | undefined): Choice[] {
  const rows = useRows({ table, premises, limit: OFFERED });
  return (rows.data?.rows ?? []).map(({ row }) => ({ id: textAt(row, "id"), name: nameOf(row) }));
}

export function usePremises(id: string) {
  return useQuery({
    queryKey: ["premises", id],
    queryFn: () =>
      answer(api.GET("/api/v1/premises/{premises}", { params: { path: { premises: id } } })),
  });
}

/** The address of the page of a row. */
export function rowPath(table: string, key: string): string {
  return `/registry/tables/${table}/row?key=${encodeURIComponent(key)}`;
}
