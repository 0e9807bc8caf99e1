/** What an order names: the premises with their zones and points, and the people who may test. */
import { useQuery } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { useMay } from "../../data/may";
import type { Pickable } from "../../parts/finding";

/** Pages of contacts that are read at most: 2,000 people. */
const MOST_PAGES = 4;
const REGISTRY_STAYS = 300_000;

/** Premises in full; nothing is asked for while none are chosen. */
export function useInFull(premises: string | null) {
  const may = useMay("registry:read");
  return useQuery({
    queryKey: ["premises", premises],
    queryFn: () =>
      answer(api.GET("/api/v1/premises/{premises}", { params: { path: { premises: premises ?? "" } } })),
    enabled: may && premises !== null,
  });
}

export function useContacts() {
  return useQuery({
    queryKey: ["contacts", "all"],
    queryFn: contacts,
    staleTime: REGISTRY_STAYS,
    enabled: useMay("registry:read"),
  });
}

async function contacts(): Promise<Pickable[]> {
  const all: Pickable[] = [];
  let after: string | null = "";
  for (let page = 0; page < MOST_PAGES && after !== null; page += 1) {
    const query: { limit: number; after?: string } = { limit: 500, ...(after === "" ? {} : { after }) };
    const part: { rows: { row: Record<string, unknown> }[]; next: string | null } = await answer(
      api.GET("/api/v1/registry/{table}", { params: { path: { table: "contacts" }, query } }),
    );
    all.push(...part.rows.map(({ row }) => personOf(row)));
    after = part.next;
  }
  return all;
}

function personOf(row: Record<string, unknown>): Pickable {
  const text = (name: string) => (typeof row[name] === "string" ? row[name] : "");
  return { id: text("id"), name: text("name") || text("id"), detail: text("role") };
}
