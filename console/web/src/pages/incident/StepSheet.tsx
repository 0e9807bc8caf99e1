/** Asks before a step at the scene is sent: it ends the haste of all others. Steps left out need a reason. */
import { useState } from "react";

import type { Fire } from "../../live/events";
import { Choices } from "../../parts/Choices";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";
import { skippedBy, standingOf, type StepName } from "./acts";
import { canBeNamed, keyOfForce, namedOf, underWay } from "./arrivals";
import { LABELS } from "./labels";

type Step = Exclude<StepName, "dispatch">;

const QUESTIONS = {
  on_scene: "desk.step.on_scene",
  under_control: "desk.step.under_control",
} as const satisfies Record<Step, string>;

export function StepSheet({ act, fire, acting, onDone }: SheetOfAct & { act: Step }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const arriving = useArrivals(act, fire);
  const skipped = skippedBy(act, fire);
  const isNews = fire.phase === act;
  return (
    <Asking
      title={t(LABELS[act])}
      act={t(LABELS[act])}
      ready={(skipped.length === 0 || reason.trim() !== "") && arriving.ready}
      {...(arriving.ready ? {} : { missing: t(arriving.missing) })}
      onSend={() =>
        acting.order({
          act,
          ...namedOf(arriving.there),
          ...(skipped.length === 0 ? {} : { skipped: reason }),
        })
      }
      onDone={onDone}
    >
      <p>{t(isNews ? "desk.step.news" : QUESTIONS[act], { name: fire.premises.name })}</p>
      {act === "under_control" ? <StillInFire fire={fire} /> : null}
      {arriving.asked.length === 0 ? null : (
        <Choices
          label={t("desk.step.who")}
          options={arriving.asked.map((each) => ({ value: keyOfForce(each), label: each.name }))}
          chosen={arriving.there.map(keyOfForce)}
          onChoose={arriving.onChoose}
          several
          numbered
        />
      )}
      {skipped.length === 0 ? null : (
        <>
          <p>{t("desk.skip_step.why", { steps: skipped.map((each) => t(LABELS[each])).join(", ") })}</p>
          <Remark label={t("desk.skip_step.reason")} value={reason} onChange={setReason} first />
        </>
      )}
    </Asking>
  );
}

/** The forces of which it is asked whether they are there: a first one alone is meant, of several each is chosen. */
function useArrivals(act: Step, fire: Fire) {
  const asked = act === "on_scene" ? underWay(fire) : [];
  // News from a scene where some are already need not be of those that are on their way.
  const isNews = fire.phase === act;
  const [chosen, setChosen] = useState(asked.length === 1 && !isNews ? asked.map(keyOfForce) : []);
  const there = asked.filter((each) => chosen.includes(keyOfForce(each)));
  const isNamed = there.length > 0 || asked.length === 0 || isNews;
  return {
    asked,
    there,
    ready: isNamed && canBeNamed(there),
    missing: isNamed ? ("desk.step.one_in_words" as const) : ("desk.step.who_missing" as const),
    onChoose: setChosen,
  };
}

/** Points that are in fire still, before somebody says that it is under control. */
function StillInFire({ fire }: { fire: Fire }) {
  const { counted } = useWords();
  const { standing, points } = standingOf(fire);
  if (standing === 0) return null;
  const key = standing < points ? "desk.step.some_stand" : "desk.step.all_stand";
  return <p className="refusal">{counted(key, standing, { points })}</p>;
}
