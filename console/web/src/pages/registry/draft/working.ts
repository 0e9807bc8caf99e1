/** The draft that changes go into: one for each tab, until it is applied or left. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

import { answer, api, Refused, type Schemas } from "../../../api/client";
import { asked } from "../asked";
import type { Fault, Row } from "../form/values";

export type Draft = Schemas["Draft"];
/** An edit of a draft; rows are what a form holds, which the center reads. */
export interface Edit {
  put?: Record<string, Row[]>;
  fields?: Record<string, Record<string, Row>>;
  remove?: Record<string, string[]>;
  revert?: Record<string, string[]>;
}

const REMEMBERED = "tocsin.draft";
const listeners = new Set<() => void>();

const remembered = () => sessionStorage.getItem(REMEMBERED);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Has later changes go into the draft *id*, or into a new one where it is null. */
export function chooseDraft(id: string | null): void {
  if (id === null) sessionStorage.removeItem(REMEMBERED);
  else sessionStorage.setItem(REMEMBERED, id);
  for (const each of listeners) each();
}

/** Changes that a page loads at once; a draft of a form has far fewer. */
const SHOWN = 500;

export function useDraft(id: string | null) {
  return useQuery({
    queryKey: ["draft", id],
    queryFn: () =>
      answer(
        api.GET("/api/v1/registry/drafts/{id}", {
          params: { path: { id: id ?? "" }, query: { limit: SHOWN } },
        }),
      ),
    enabled: id !== null,
    // A check or a rehearsal goes on at the center: how far it is, is asked for until it ends.
    refetchInterval: (query) => (query.state.data?.job?.state === "running" ? 1_000 : false),
  });
}

/** Whether changes may still be put into *draft*. */
export const isOpen = (draft: Draft) => draft.state === "open" || draft.state === "submitted";

/** The draft that changes go into; null before the first one, and after it ended. */
export function useWorkingDraft(): Draft | null {
  const id = useSyncExternalStore(subscribe, remembered);
  const { data } = useDraft(id);
  return data !== undefined && isOpen(data) ? data : null;
}

/** *row* with what *draft* makes of it; null where the draft removes it. */
export function withDraft(draft: Draft | null, table: string, key: string, row: Row): Row | null {
  const change = draft?.changes.find((each) => each.table === table && each.key === key);
  if (change === undefined) return row;
  if (change.change === "removed") return null;
  const changed = { ...row };
  for (const { field, after } of change.fields) changed[field] = after;
  return changed;
}

async function opened(draft: Draft | null): Promise<string> {
  if (draft !== null) return draft.id;
  const begun = await answer(api.POST("/api/v1/registry/drafts", { body: asked({}) }));
  chooseDraft(begun.id);
  return begun.id;
}

/** Puts an edit into the draft of this tab, and begins one where there is none. */
export function useEdit() {
  const draft = useWorkingDraft();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (edit: Edit) => {
      const id = await opened(draft);
      return answer(
        api.POST("/api/v1/registry/drafts/{id}/rows", {
          params: { path: { id } },
          body: asked(edit as Partial<Schemas["DraftEdit"]>),
        }),
      );
    },
    onSuccess: (changed) => queries.setQueryData(["draft", changed.id], changed),
  });
}

/** The faults that a refusal of the center names, each with its table, row and field. */
export function faultsOf(error: Error | null): Fault[] {
  if (!(error instanceof Refused)) return [];
  const { errors } = error.body as { errors?: Fault[] };
  return errors ?? [];
}
