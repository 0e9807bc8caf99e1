/** What pages asked for, kept while it is new: nothing of it outlives the one who asked. */
import { QueryClient } from "@tanstack/react-query";

export const QUERIES = new QueryClient({
  // A browser that believes to be offline holds requests back, and sends them later unasked: never here.
  defaultOptions: {
    queries: { retry: 1, refetchOnWindowFocus: true, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});
