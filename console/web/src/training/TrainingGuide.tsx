/** Leads the one who learns: the next step, its key, and what it is for. */
import { useMutation } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";

import { answer, api } from "../api/client";
import { KEYS, signOf } from "../app/keyTable";
import { incidentPath } from "../fires/fires";
import type { Fire } from "../live/events";
import { Act } from "../parts/Act";
import { Refusal } from "../parts/Refusal";
import { useWords } from "../words/words";
import { lessonOf, type Lesson } from "./training";

const LESSONS = {
  open: { key: KEYS.goOn, text: "desk.training.open", why: "desk.training.open_why" },
  take: { key: KEYS.take, text: "desk.training.take", why: "desk.training.take_why" },
  dispatch: { key: KEYS.dispatch, text: "desk.training.dispatch", why: "desk.training.dispatch_why" },
  on_scene: { key: KEYS.on_scene, text: "desk.training.on_scene", why: "desk.training.on_scene_why" },
  under_control: {
    key: KEYS.under_control,
    text: "desk.training.under_control",
    why: "desk.training.under_control_why",
  },
  close: { key: KEYS.close, text: "desk.training.close", why: "desk.training.close_why" },
} as const satisfies Record<Lesson, object>;

interface GuideProps {
  fire: Fire;
  real: Fire | null;
  onItsPage: boolean;
}

export function TrainingGuide({ fire, real, onItsPage }: GuideProps) {
  const { t } = useWords();
  return (
    <aside className="training-guide" aria-label={t("desk.training.title")}>
      {real === null ? <Next fire={fire} onItsPage={onItsPage} /> : <BreaksThrough real={real} />}
      <EndTraining fire={fire} />
    </aside>
  );
}

function Next({ fire, onItsPage }: { fire: Fire; onItsPage: boolean }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const lesson = lessonOf(fire, onItsPage);
  if (lesson === null) return null;
  const { key, text, why } = LESSONS[lesson];
  return (
    <div role="status" className="training-next">
      <p>
        <b>{t("desk.training.title")}:</b> {t(text)} <kbd>{signOf(key)}</kbd>
      </p>
      <p className="training-why">{t(why)}</p>
      {lesson === "open" ? (
        <Act label={t(text)} shortcut={key} tone="first" onAct={() => go(incidentPath(fire.id))} />
      ) : null}
    </div>
  );
}

/** Something really burns: nothing is learned before that is seen to. */
function BreaksThrough({ real }: { real: Fire }) {
  const { t } = useWords();
  return (
    <p role="alert" className="training-real">
      <b>{t("desk.training.real", { name: real.premises.name })}</b>{" "}
      <Link href={incidentPath(real.id)}>{t("desk.training.real_open")}</Link>
    </p>
  );
}

function EndTraining({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const body = { by: null, outcome: "drill", cause: null, instead_of: null, note: "" } as const;
  const end = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/incidents/{id}/close", { params: { path: { id: fire.id } }, body })),
  });
  return (
    <>
      <Act label={t("desk.training.end")} disabled={end.isPending} onAct={() => end.mutate()} />
      <Refusal error={end.error} />
    </>
  );
}
