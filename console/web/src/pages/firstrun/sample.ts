/** Imports the sample province: an ordinary draft of the registry, filled, checked and applied. */
import { answer, api, Refused, type Schemas } from "../../api/client";
import { asked } from "../registry/asked";
import { checked } from "../registry/draft/checked";
import type { Draft } from "../registry/draft/working";

type Row = Record<string, unknown>;

interface Sample {
  edits: Record<string, Row[]>[];
  /** The plan of the floor of the market, as SVG. */
  plan: string;
}

/** The beginning of the ids of premises that are there to learn at, as the center knows them. */
export const SCHOOLS = "huan-luyen";

type Progress = (done: number, total: number) => void;

/** Imports the sample; returns the draft, whose errors say why it is not applied. */
export async function importSample(onProgress: Progress): Promise<Draft> {
  const sample = (await import("../../generated/sample.json")).default as Sample;
  const total = sample.edits.length + 3;
  onProgress(0, total);
  const plan = await keptPlan(sample.plan);
  let draft = await answer(
    api.POST("/api/v1/registry/drafts", { body: asked<Schemas["NewDraft"]>({ note: SCHOOLS }) }),
  );
  for (const [index, edit] of sample.edits.entries()) {
    onProgress(index + 1, total);
    draft = await edited(draft.id, withPlan(edit, plan));
  }
  onProgress(total - 1, total);
  return applied(await checked(draft.id, draft.revision));
}

function edited(id: string, put: Record<string, Row[]>): Promise<Draft> {
  const body = asked({ put } as Partial<Schemas["DraftEdit"]>);
  return answer(api.POST("/api/v1/registry/drafts/{id}/rows", { params: { path: { id } }, body }));
}

/** Floors have the plan that was kept. */
function withPlan(edit: Record<string, Row[]>, plan: string): Record<string, Row[]> {
  if (edit["floors"] === undefined) return edit;
  return { ...edit, floors: edit["floors"].map((each) => ({ ...each, plan })) };
}

async function applied(draft: Draft): Promise<Draft> {
  if ((draft.check?.errors.length ?? 0) > 0) return draft;
  const body = asked<Schemas["DraftAct"]>({ revision: draft.revision });
  const params = { path: { id: draft.id } };
  return answer(api.POST("/api/v1/registry/drafts/{id}/apply", { params, body }));
}

/** Keeps the plan at the center; returns the hash by which a floor names it. */
async function keptPlan(plan: string): Promise<string> {
  const response = await fetch("/api/v1/files?name=huan-luyen.svg", {
    method: "POST",
    headers: { "X-Tocsin-Request": "1", "Content-Type": "application/octet-stream" },
    body: plan,
  });
  const said = (await response.json()) as Partial<Schemas["StoredFile"] & Schemas["Error"]>;
  if (said.hash === undefined)
    throw new Refused(response.status, said.error === undefined ? {} : { error: said.error });
  return said.hash;
}
