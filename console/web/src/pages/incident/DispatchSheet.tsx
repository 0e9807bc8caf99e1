/** Asks which forces are sent: the responsible and the nearest units, each with its means that are ready. */
import { useState } from "react";

import type { Schemas } from "../../api/client";
import { Choices } from "../../parts/Choices";
import { useWords, type Words } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";
import { kilometres } from "./figures";
import { useScene, type Scene } from "./incident";

type Unit = Schemas["SceneUnit"];
type Means = Schemas["ReadyMeans"];

export function DispatchSheet({ fire, acting, onDone }: SheetOfAct) {
  const words = useWords();
  const { t } = words;
  const units = unitsOf(useScene(fire.id).data);
  const [chosen, setChosen] = useState<string[]>([]);
  const [means, setMeans] = useState<string[]>([]);
  const [note, setNote] = useState("");
  return (
    <Asking
      title={t("desk.dispatch.title", { name: fire.premises.name })}
      act={t("desk.act.dispatch")}
      ready
      onSend={() => acting.order({ act: "dispatch", units: chosen, means, note })}
      onDone={onDone}
    >
      {units.length === 0 ? <p>{t("desk.dispatch.none")}</p> : null}
      <Choices
        label={t("desk.dispatch.units")}
        options={units.map((each) => ({ value: each.id, label: unitLine(each, words) }))}
        chosen={chosen}
        onChoose={setChosen}
        several
        numbered
      />
      {units
        .filter((each) => chosen.includes(each.id) && each.ready.length > 0)
        .map((unit) => (
          <Choices
            key={unit.id}
            label={unit.name}
            options={unit.ready.map((each) => ({ value: each.id, label: meansLine(each, words) }))}
            chosen={means}
            onChoose={setMeans}
            several
          />
        ))}
      <Remark label={t("desk.act.note")} value={note} onChange={setNote} />
    </Asking>
  );
}

function unitLine(unit: Unit, { t, language, counted }: Words): string {
  const far = unit.distance_m === null ? null : kilometres(unit.distance_m, language);
  const ready = counted("desk.dispatch.ready", unit.ready.length);
  const out = unit.engaged === null ? null : t("desk.dispatch.engaged");
  return [unit.name, far, ready, out].filter(Boolean).join(", ");
}

function meansLine(means: Means, { t, name }: Words): string {
  const out = means.engaged === null ? null : t("desk.dispatch.engaged");
  return [name("means", means.kind), means.name, means.plate, out].filter(Boolean).join(", ");
}

/** Those that are responsible first; each unit once. */
function unitsOf(scene: Scene | undefined): Unit[] {
  const all = [...(scene?.responsible ?? []), ...(scene?.units ?? [])];
  return [...new Map(all.map((each) => [each.id, each])).values()];
}
