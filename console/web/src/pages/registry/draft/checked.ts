/** Checks a draft, and waits for the end of a check that takes the center longer than its answer. */
import { answer, api, type Schemas } from "../../../api/client";
import { asked } from "../asked";
import type { Draft } from "./working";

/** Milliseconds between two questions whether the check is done. */
const AGAIN = 1_000;

export async function checked(id: string, revision: number): Promise<Draft> {
  const path = { path: { id } };
  const body = asked<Schemas["DraftAct"]>({ revision });
  let draft = await answer(api.POST("/api/v1/registry/drafts/{id}/validate", { params: path, body }));
  while (draft.job?.state === "running") {
    await new Promise((done) => window.setTimeout(done, AGAIN));
    draft = await answer(api.GET("/api/v1/registry/drafts/{id}", { params: path }));
  }
  return draft;
}
