/** What several pages ask the center for again and again: gateways, the ledger, premises, areas. */
import { useQuery } from "@tanstack/react-query";

import { answer, api, type Schemas } from "../api/client";

export type Gateway = Schemas["Gateway"];
export type Ledger = Schemas["Ledger"];
export type ListedPremises = Schemas["ListedPremises"];

/** Milliseconds between two looks at what changes by itself. */
const LOOK_EACH = 10_000;

/** Milliseconds for which the registry is taken as unchanged. */
const REGISTRY_STAYS = 300_000;

/** Pages of premises that are read at most: 20,000 premises. */
const MOST_PAGES = 20;

interface Asking {
  enabled: boolean;
}

export function useGateways({ enabled }: Asking) {
  return useQuery({
    queryKey: ["gateways"],
    queryFn: () => answer(api.GET("/api/v1/gateways", {})),
    refetchInterval: LOOK_EACH,
    enabled,
  });
}

export function useLedger({ enabled }: Asking) {
  return useQuery({
    queryKey: ["ledger"],
    queryFn: () => answer(api.GET("/api/v1/ledger", {})),
    refetchInterval: LOOK_EACH,
    enabled,
  });
}

/** The ledger of batches of readings, which ingest keeps. */
export function useReadingsLedger({ enabled }: Asking) {
  return useQuery({
    queryKey: ["ledger", "readings"],
    queryFn: () => answer(api.GET("/api/v1/readings/ledger", {})),
    refetchInterval: LOOK_EACH,
    enabled,
  });
}

export function usePremises({ enabled }: Asking) {
  return useQuery({
    queryKey: ["premises", "all"],
    queryFn: allPremises,
    staleTime: REGISTRY_STAYS,
    enabled,
  });
}

export function useAreas({ enabled }: Asking) {
  return useQuery({
    queryKey: ["areas"],
    queryFn: () => answer(api.GET("/api/v1/areas", { params: { query: { limit: 5_000 } } })),
    staleTime: REGISTRY_STAYS,
    enabled,
  });
}

async function allPremises(): Promise<ListedPremises[]> {
  const found: ListedPremises[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query: { limit: number; after?: string } =
      after === null ? { limit: 1_000 } : { limit: 1_000, after };
    const part: Schemas["PremisesList"] = await answer(
      api.GET("/api/v1/premises", { params: { query } }),
    );
    found.push(...part.premises);
    after = part.next;
    if (after === null) break;
  }
  return found;
}
