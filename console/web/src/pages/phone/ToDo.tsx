/** What the premises' own people do until the fire police arrive: their procedure, or what holds everywhere. */
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { answer, api, type Schemas } from "../../api/client";
import { useMay } from "../../data/may";
import type { Key } from "../../generated/keys";
import type { Fire } from "../../live/events";
import { Act } from "../../parts/Act";
import { Needs } from "../../parts/Needs";
import { useWords } from "../../words/words";
import { stepsOfMine, stepText } from "./mine";
import { Sending } from "./Sending";
import { useSending } from "./sending";

type Step = Schemas["IncidentStep"];

const STEPS: readonly Key[] = [
  "desk.phone.do_shout",
  "desk.phone.do_out",
  "desk.phone.do_power",
  "desk.phone.do_fight",
  "desk.phone.do_meet",
];

export function ToDo({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const params = { path: { id: fire.id } };
  const asked = useQuery({
    queryKey: ["incident", fire.id, "procedure"],
    queryFn: () => answer(api.GET("/api/v1/incidents/{id}/procedure", { params })),
    enabled: useMay("incidents:read"),
  });
  const own = stepsOfMine(asked.data?.steps ?? []);
  return (
    <>
      <h3>{t("desk.phone.to_do")}</h3>
      <ol className="steps">
        {own.length > 0
          ? own.map((each) => <OwnStep key={each.step} fire={fire} step={each} />)
          : STEPS.map((each) => <li key={each}>{t(each)}</li>)}
      </ol>
    </>
  );
}

/** A step of the premises: who does it says so, and the desk reads it. */
function OwnStep({ fire, step }: { fire: Fire; step: Step }) {
  const { t, language } = useWords();
  const client = useQueryClient();
  const params = { path: { id: fire.id } };
  const done = useSending(async () => {
    const body = { by: null, step: step.step, skip: false, reason: "" };
    await answer(api.POST("/api/v1/incidents/{id}/procedure", { params, body }));
    await client.invalidateQueries({ queryKey: ["incident", fire.id, "procedure"] });
  });
  const text = stepText(step, language);
  if (step.state === "checked")
    return (
      <li>
        ✓ {text} <span className="quiet">{step.by}</span>
      </li>
    );
  return (
    <li>
      {text}{" "}
      <Needs permission="incidents:act" label={t("desk.phone.step_done")}>
        <Act
          label={t("desk.phone.step_done")}
          onAct={() => done.send(undefined)}
          disabled={done.state === "sent"}
        />
      </Needs>
      {done.state === "idle" ? null : <Sending {...done} idle="" />}
    </li>
  );
}
