/** Asks before a step at the scene is sent: it ends the haste of all others. Steps left out need a reason. */
import { useState } from "react";

import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";
import { skippedBy, standingOf, type StepName } from "./acts";
import { LABELS } from "./labels";

type Step = Exclude<StepName, "dispatch">;

const QUESTIONS = {
  on_scene: "desk.step.on_scene",
  under_control: "desk.step.under_control",
} as const satisfies Record<Step, string>;

export function StepSheet({ act, fire, acting, onDone }: SheetOfAct & { act: Step }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const skipped = skippedBy(act, fire);
  const isNews = fire.phase === act;
  return (
    <Asking
      title={t(LABELS[act])}
      act={t(LABELS[act])}
      ready={skipped.length === 0 || reason.trim() !== ""}
      onSend={() => acting.order(skipped.length === 0 ? { act } : { act, skipped: reason })}
      onDone={onDone}
    >
      <p>{t(isNews ? "desk.step.news" : QUESTIONS[act], { name: fire.premises.name })}</p>
      {act === "under_control" ? <StillInFire fire={fire} /> : null}
      {skipped.length === 0 ? null : (
        <>
          <p>{t("desk.skip_step.why", { steps: skipped.map((each) => t(LABELS[each])).join(", ") })}</p>
          <Remark label={t("desk.skip_step.reason")} value={reason} onChange={setReason} first />
        </>
      )}
    </Asking>
  );
}

/** Points that are in fire still, before somebody says that it is under control. */
function StillInFire({ fire }: { fire: Fire }) {
  const { counted } = useWords();
  const { standing, points } = standingOf(fire);
  if (standing === 0) return null;
  const key = standing < points ? "desk.step.some_stand" : "desk.step.all_stand";
  return <p className="refusal">{counted(key, standing, { points })}</p>;
}
