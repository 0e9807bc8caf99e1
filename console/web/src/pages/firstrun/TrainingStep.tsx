/** A fire to learn by: begun at one of the premises that are there for it. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";

import { answer, api } from "../../api/client";
import { useMay } from "../../data/may";
import { incidentPath, useFires } from "../../fires/fires";
import { useLive } from "../../live/live";
import { Act } from "../../parts/Act";
import { Choices } from "../../parts/Choices";
import { Refusal } from "../../parts/Refusal";
import { ownTraining } from "../../training/training";
import { useWords } from "../../words/words";
import { useSchools } from "./schools";
import { StartStep } from "./StartStep";

export function TrainingStep({ ready }: { ready: boolean }) {
  const { t } = useWords();
  const may = useMay("incidents:close");
  const account = useLive((live) => live.who?.account ?? "");
  const running = ownTraining(useFires(), account);
  return (
    <StartStep title={t("desk.start.training")} done={false}>
      <p>{t("desk.start.training_about")}</p>
      <p>{t("desk.start.training_safe")}</p>
      {may ? null : <p>{t(ready ? "desk.start.training_needs" : "desk.start.account_first")}</p>}
      {may && running === null ? <Begin /> : null}
      {running === null ? null : <p role="status">{t("desk.start.training_runs")}</p>}
    </StartStep>
  );
}

function Begin() {
  const { t } = useWords();
  const [, go] = useLocation();
  const schools = useSchools().data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const premises = chosen ?? schools[0]?.id;
  const begin = useMutation({
    mutationFn: (at: string) =>
      answer(api.POST("/api/v1/trainings", { body: { premises: at, by: null } })),
    onSuccess: (fire) => go(incidentPath(fire.id)),
  });
  if (premises === undefined) return <p>{t("desk.start.training_sample")}</p>;
  return (
    <>
      {schools.length > 1 ? (
        <Choices
          label={t("desk.start.training_where")}
          options={schools.map((each) => ({ value: each.id, label: each.name }))}
          chosen={[premises]}
          onChoose={([first]) => setChosen(first ?? null)}
        />
      ) : null}
      <Act
        label={t("desk.start.training_begin")}
        shortcut="g"
        tone="first"
        disabled={begin.isPending}
        onAct={() => begin.mutate(premises)}
      />
      <Refusal error={begin.error} />
    </>
  );
}
