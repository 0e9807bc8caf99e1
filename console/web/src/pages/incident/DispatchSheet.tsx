/** Asks which forces are sent: units near with their means, others in words, or knowingly none by name. */
import { useState } from "react";

import type { Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { Choices } from "../../parts/Choices";
import { useWords, type Words } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";
import { kilometres } from "./figures";
import { toCall, type Unit } from "./called";
import { useScene } from "./incident";
import { UnitCalls } from "./UnitCalls";
import { unitsOf } from "./units";

type Means = Schemas["ReadyMeans"];

export function DispatchSheet({ fire, acting, onDone }: SheetOfAct) {
  const words = useWords();
  const { t } = words;
  const units = unitsOf(useScene(fire.id).data);
  const [chosen, setChosen] = useState<string[]>([]);
  const [means, setMeans] = useState<string[]>([]);
  const [whom, setWhom] = useState("");
  const [nobody, setNobody] = useState(false);
  const [note, setNote] = useState("");
  const named = chosen.length + means.length > 0 || whom.trim() !== "";
  // Where forces are out already, one more dispatch that names nobody says nothing.
  const mayNameNobody = !SENT.includes(fire.phase);
  return (
    <Asking
      title={t("desk.dispatch.title", { name: fire.premises.name })}
      act={t("desk.act.dispatch")}
      ready={named || (mayNameNobody && nobody)}
      missing={t(mayNameNobody ? "desk.dispatch.missing" : "desk.dispatch.missing_more")}
      onSend={() => acting.order({ act: "dispatch", units: chosen, means, whom: whom.trim(), note })}
      onDone={onDone}
    >
      <p className="refusal">{t("desk.dispatch.not_sent")}</p>
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
      <UnitCalls calls={toCall(units, new Set([...chosen, ...means]))} fire={fire} />
      <Remark label={t("desk.dispatch.whom")} value={whom} onChange={setWhom} />
      {mayNameNobody && !named ? (
        <label className="choice">
          <input
            type="checkbox"
            checked={nobody}
            onChange={(event) => setNobody(event.target.checked)}
          />
          <span>{t("desk.dispatch.nobody")}</span>
        </label>
      ) : null}
      <Remark label={t("desk.act.note")} value={note} onChange={setNote} />
    </Asking>
  );
}

const SENT: readonly Fire["phase"][] = ["dispatched", "on_scene", "under_control"];

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
