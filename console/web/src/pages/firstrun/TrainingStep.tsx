/** A fire to learn by: begun at one of the premises that are there for it. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";

import { answer, api } from "../../api/client";
import { incidentPath, useFires } from "../../fires/fires";
import { useLive } from "../../live/live";
import { KEYS } from "../../app/keyTable";
import { Act } from "../../parts/Act";
import { Choices } from "../../parts/Choices";
import { Refusal } from "../../parts/Refusal";
import { ownTraining } from "../../training/training";
import { useWords } from "../../words/words";
import { useSchools } from "./schools";
import { StartStep } from "./StartStep";

export function TrainingStep({ why }: { why: string | null }) {
  const { t } = useWords();
  const account = useLive((live) => live.who?.account ?? "");
  const running = ownTraining(useFires(), account);
  return (
    <StartStep title={t("desk.start.training")} done={false}>
      <p>{t("desk.start.training_about")}</p>
      <p>{t("desk.start.training_safe")}</p>
      {running !== null ? null : why === null ? (
        <Begin />
      ) : (
        <Act label={t("desk.start.training_begin")} onAct={nothing} why={why} />
      )}
      {running === null ? null : <p role="status">{t("desk.start.training_runs")}</p>}
    </StartStep>
  );
}

const nothing = () => undefined;

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
  if (premises === undefined) return null;
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
        shortcut={KEYS.goOn}
        tone="first"
        disabled={begin.isPending}
        onAct={() => begin.mutate(premises)}
      />
      <Refused error={begin.error} />
    </>
  );
}

/** What the center refused is brought into sight: it must not stand below the fold. */
function Refused({ error }: { error: Error | null }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error !== null) place.current?.scrollIntoView({ block: "center" });
  }, [error]);
  return (
    <div ref={place}>
      <Refusal error={error} />
    </div>
  );
}
