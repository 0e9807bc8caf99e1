/** A draft: what it changes, the faults of its check, and the steps that make it the next version. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation, useParams } from "wouter";

import { answer, api, type Schemas } from "../../api/client";
import { useMay } from "../../data/may";
import { Act } from "../../parts/Act";
import { Needs } from "../../parts/Needs";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { asked } from "./asked";

import { checked } from "./draft/checked";
import { DraftChanges } from "./draft/DraftChanges";
import { DraftVerdict } from "./draft/DraftVerdict";
import { stepsOf, waitsForSecond, type Step } from "./draft/steps";
import { chooseDraft, isOpen, useDraft, useEdit, type Draft } from "./draft/working";
import { RefusedRows } from "./form/RefusedRows";
import "./registry.css";

export default function DraftPage() {
  const { id = "" } = useParams();
  const { t } = useWords();
  const { data: draft, error } = useDraft(id);
  return (
    <section aria-labelledby="draft-title" className="registry">
      <h1 id="draft-title">{t("desk.registry.draft")}</h1>
      <Refusal error={error} />
      {draft === undefined ? null : <OneDraft draft={draft} />}
    </section>
  );
}

function OneDraft({ draft }: { draft: Draft }) {
  const { t, counted } = useWords();
  const edit = useEdit();
  return (
    <>
      <p role="status">
        <strong>{t(STATES[draft.state])}</strong> · {draft.made_by.name} ·{" "}
        {counted("desk.registry.rows", draft.rows)}
        {draft.applied_as === null
          ? null
          : ` · ${t("desk.registry.version", { version: draft.applied_as })}`}
      </p>
      <Steps draft={draft} />
      <DraftVerdict draft={draft} />
      <DraftChanges
        draft={draft}
        onRevert={
          isOpen(draft) ? (table, key) => edit.mutate({ revert: { [table]: [key] } }) : undefined
        }
      />
    </>
  );
}

export const STATES = {
  preparing: "desk.registry.state_preparing",
  open: "desk.registry.state_open",
  submitted: "desk.registry.state_submitted",
  applied: "desk.registry.state_applied",
  discarded: "desk.registry.state_discarded",
  expired: "desk.registry.state_expired",
} as const;

const LABELS = {
  validate: "desk.registry.check",
  rehearse: "desk.registry.rehearse",
  rebase: "desk.registry.rebase",
  submit: "desk.registry.submit",
  approve: "desk.registry.approve",
  apply: "desk.registry.apply",
  discard: "desk.registry.discard",
} as const;

/** Keys of steps; discarding has none, as no slip of a finger should do it. */
const KEYS: Partial<Record<Step, string>> = {
  validate: "v",
  rehearse: "r",
  submit: "s",
  approve: "p",
  apply: "a",
};

const TONES: Partial<Record<Step, "first" | "danger">> = {
  submit: "first",
  approve: "first",
  apply: "first",
  discard: "danger",
};

function useStep(draft: Draft) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (step: Step) => {
      const params = { path: { id: draft.id } };
      if (step === "rehearse")
        return answer(
          api.POST("/api/v1/registry/drafts/{id}/rehearse", {
            params,
            body: asked<Schemas["RehearsalRequest"]>({
              days: 7,
              language: document.documentElement.lang,
            }),
          }),
        );
      if (step === "apply") {
        // An apply is refused while its check goes on: the check comes first, and has its end.
        const draftNow = await checked(draft.id, draft.revision);
        if ((draftNow.check?.errors.length ?? 0) > 0) return draftNow;
      }
      return answer(
        api.POST(`/api/v1/registry/drafts/{id}/${step}`, {
          params,
          body: asked<Schemas["DraftAct"]>({ revision: draft.revision }),
        }),
      );
    },
    onSuccess: (changed) => {
      queries.setQueryData(["draft", draft.id], changed);
      if (isOpen(changed)) return;
      chooseDraft(null);
      void queries.invalidateQueries({ queryKey: ["registry"] });
      void queries.invalidateQueries({ queryKey: ["premises"] });
    },
    onError: () => void queries.invalidateQueries({ queryKey: ["draft", draft.id] }),
  });
}

function Steps({ draft }: { draft: Draft }) {
  const { t } = useWords();
  const step = useStep(draft);
  const rights = { write: useMay("registry:write"), approve: useMay("acts:approve") };
  const [, go] = useLocation();
  const steps = stepsOf(draft, rights);
  if (steps.length === 0) return null;
  const changeMore = () => {
    chooseDraft(draft.id);
    go("/registry");
  };
  return (
    <>
      <p>{t(waitsForSecond(draft) ? "desk.registry.needs_second" : "desk.registry.needs_nobody")}</p>
      <div className="acts">
        {steps.map((each) => (
          <Act
            key={each}
            label={t(LABELS[each])}
            tone={TONES[each] ?? "plain"}
            disabled={step.isPending}
            onAct={() => step.mutate(each)}
            {...(KEYS[each] === undefined ? {} : { shortcut: KEYS[each] })}
          />
        ))}
        <Needs permission="registry:write" label={t(LABELS.apply)}>
          {null}
        </Needs>
        <Act label={t("desk.registry.change_more")} onAct={changeMore} />
      </div>
      <RefusedRows error={step.error} />
    </>
  );
}
