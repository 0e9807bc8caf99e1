/** The procedure of the fire as a checklist: each step has its time; one that is skipped needs a reason. */
import { useState } from "react";

import { KEYS } from "../../app/keyTable";
import type { Schemas } from "../../api/client";
import { useWhyNot } from "../../data/may";
import type { Fire, Micros } from "../../live/events";
import { useCenterNow } from "../../live/live";
import { Act } from "../../parts/Act";
import { Since } from "../../time/Since";
import { duration } from "../../time/written";
import { useWords, type Language } from "../../words/words";
import type { Acting } from "./acting";
import { Asking, Remark } from "./Asking";
import { useProcedure } from "./incident";

type Step = Schemas["IncidentStep"];

export function Checklist({ fire, acting }: { fire: Fire; acting: Acting }) {
  const { t, language } = useWords();
  const why = useWhyNot("incidents:act");
  const now = useCenterNow();
  const [checking, setChecking] = useState<Step | null>(null);
  const [skipping, setSkipping] = useState<Step | null>(null);
  const all = useProcedure(fire.id).data?.steps ?? [];
  // What the premises' own people do is shown on their telephones.
  const steps = all.filter(({ part }) => part !== "premises");
  if (steps.length === 0) return null;
  const next = steps.find(isOpen)?.step;
  return (
    <section aria-labelledby="steps-title">
      <h2 id="steps-title">{t("desk.steps.title")}</h2>
      <ol className="people steps">
        {steps.map((each) => (
          <li key={each.step} className={isLate(each, now) ? "step-late" : `step-${each.state}`}>
            <StepLine step={each} />
            {why === null && fire.closed_at === null && isOpen(each) ? (
              <StepActs
                isNext={each.step === next}
                onDone={() => setChecking(each)}
                onSkip={() => setSkipping(each)}
              />
            ) : null}
          </li>
        ))}
      </ol>
      {why === null || fire.closed_at !== null ? null : (
        <Act label={t("desk.steps.done")} onAct={nothing} why={why} />
      )}
      {checking === null ? null : (
        <Asking
          title={t("desk.steps.done")}
          act={t("desk.steps.done")}
          ready
          onSend={() => acting.order({ act: "check", step: checking.step })}
          onDone={() => setChecking(null)}
        >
          <p>
            <strong>{textOf(checking, language)}</strong>
          </p>
        </Asking>
      )}
      {skipping === null ? null : (
        <SkipStep
          step={skipping}
          onSend={(reason) => acting.order({ act: "skip", step: skipping.step, reason })}
          onDone={() => setSkipping(null)}
        />
      )}
    </section>
  );
}

const nothing = () => undefined;

interface StepActsProps {
  isNext: boolean;
  onDone: () => void;
  onSkip: () => void;
}

/** The next step has the keys; each other one is reached by the tabulator. */
function StepActs({ isNext, onDone, onSkip }: StepActsProps) {
  const { t } = useWords();
  return (
    <span className="acts-row">
      <Act label={t("desk.steps.done")} {...(isNext ? { shortcut: KEYS.check } : {})} onAct={onDone} />
      <Act label={t("desk.steps.skip")} {...(isNext ? { shortcut: KEYS.skip } : {})} onAct={onSkip} />
    </span>
  );
}

const isOpen = ({ state }: Step): boolean => state === "open" || state === "late";

/** Whether *step* is still to be done, and its time is over. */
const isLate = (step: Step, now: Micros): boolean =>
  isOpen(step) && (step.state === "late" || (step.due_at !== null && step.due_at < now));

/** The words of *step* in the reader's language, where the registry has them. */
export function textOf(step: Step, language: Language): string {
  const text = language === "en" && step.text_en !== "" ? step.text_en : step.text;
  return text === "" ? step.step : text;
}

function StepLine({ step }: { step: Step }) {
  const { language } = useWords();
  return (
    <span>
      <strong>{textOf(step, language)}</strong> <StepEnd step={step} />{" "}
      {step.at === null ? null : <Since at={step.at} />}
    </span>
  );
}

/** The time that is left for a step, or what became of it. */
function StepEnd({ step }: { step: Step }) {
  const { t } = useWords();
  const now = useCenterNow();
  const by = step.by ?? "";
  if (step.state === "checked") return <>{t("desk.steps.by", { by })}</>;
  if (step.state === "skipped") return <>{t("desk.steps.skipped", { by, reason: step.reason })}</>;
  if (step.due_at === null) return null;
  const left = (step.due_at - now) / 1_000_000;
  const time = duration(Math.abs(left));
  return (
    <span className={left < 0 ? "clock clock-late" : "clock"}>
      {left < 0 ? t("desk.clock.overdue", { time }) : t("desk.clock.left", { time })}
    </span>
  );
}

interface SkipProps {
  step: Step;
  onSend: (reason: string) => void;
  onDone: () => void;
}

function SkipStep({ step, onSend, onDone }: SkipProps) {
  const { t, language } = useWords();
  const [reason, setReason] = useState("");
  return (
    <Asking
      title={t("desk.steps.skip")}
      act={t("desk.steps.skip")}
      ready={reason.trim() !== ""}
      onSend={() => onSend(reason)}
      onDone={onDone}
    >
      <p>{textOf(step, language)}</p>
      <Remark label={t("desk.skip_step.reason")} value={reason} onChange={setReason} first />
    </Asking>
  );
}
