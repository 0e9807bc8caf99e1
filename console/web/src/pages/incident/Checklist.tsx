/** The procedure of the fire as a checklist: each step has its time; one that is skipped needs a reason. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api, type Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { useCenterNow, useLive } from "../../live/live";
import { Act } from "../../parts/Act";
import { Refusal } from "../../parts/Refusal";
import { Since } from "../../time/Since";
import { duration } from "../../time/written";
import { useWords } from "../../words/words";
import { Asking, Remark } from "./Asking";

type Step = Schemas["IncidentStep"];
type Order = Pick<Schemas["ProcedureRequest"], "step" | "skip" | "reason">;

export function Checklist({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const client = useQueryClient();
  const may = useLive((live) => live.who?.permissions.includes("incidents:act") === true);
  const [skipping, setSkipping] = useState<string | null>(null);
  const params = { path: { id: fire.id } };
  const asked = useQuery({
    queryKey: ["incident", fire.id, "procedure"],
    queryFn: () => answer(api.GET("/api/v1/incidents/{id}/procedure", { params })),
  });
  const sent = useMutation({
    mutationFn: (order: Order) =>
      answer(api.POST("/api/v1/incidents/{id}/procedure", { params, body: { by: null, ...order } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["incident", fire.id] }),
  });
  const steps = asked.data?.steps ?? [];
  if (steps.length === 0) return null;
  const next = steps.find(isOpen)?.step;
  return (
    <section aria-labelledby="steps-title">
      <h2 id="steps-title">{t("desk.steps.title")}</h2>
      <Refusal error={sent.error} />
      <ol className="people">
        {steps.map((each) => (
          <li key={each.step}>
            <StepLine step={each} />
            {may && fire.closed_at === null && isOpen(each) ? (
              <span className="acts-row">
                <Act
                  label={t("desk.steps.done")}
                  {...(each.step === next ? { shortcut: "k" } : {})}
                  onAct={() => sent.mutate({ step: each.step, skip: false, reason: "" })}
                />
                <Act label={t("desk.steps.skip")} onAct={() => setSkipping(each.step)} />
              </span>
            ) : null}
          </li>
        ))}
      </ol>
      {skipping === null ? null : (
        <SkipStep
          onSend={(reason) => sent.mutate({ step: skipping, skip: true, reason })}
          onDone={() => setSkipping(null)}
        />
      )}
    </section>
  );
}

const isOpen = ({ state }: Step): boolean => state === "open" || state === "late";

function StepLine({ step }: { step: Step }) {
  const { language } = useWords();
  const text = language === "en" && step.text_en !== "" ? step.text_en : step.text;
  return (
    <span>
      <strong>{text === "" ? step.step : text}</strong> <StepEnd step={step} />{" "}
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
    <span className="clock">
      {left < 0 ? t("desk.clock.overdue", { time }) : t("desk.clock.left", { time })}
    </span>
  );
}

interface SkipProps {
  onSend: (reason: string) => void;
  onDone: () => void;
}

function SkipStep({ onSend, onDone }: SkipProps) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  return (
    <Asking
      title={t("desk.steps.skip")}
      act={t("desk.steps.skip")}
      ready={reason.trim() !== ""}
      onSend={() => onSend(reason)}
      onDone={onDone}
    >
      <Remark label={t("desk.skip_step.reason")} value={reason} onChange={setReason} first />
    </Asking>
  );
}
