/** Asks for an override at the premises of the fire: a silence, maintenance, a test or a drill of other points. */
import { useState } from "react";

import type { Schemas } from "../../api/client";
import { Choices } from "../../parts/Choices";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";
import { useScene } from "./incident";
import { orderOf, quietPoints, isReady, type Wish } from "./override";
import { useRegisteredPoints } from "./readings";

type Kind = Schemas["OverrideRequest"]["kind"];

const KINDS: readonly Kind[] = ["silence", "maintenance", "test", "drill"];
const NOTHING: Wish = { kind: "silence", minutes: "60", points: [], tester: null, note: "" };

export function OverrideSheet({ fire, acting, onDone }: SheetOfAct) {
  const { t, name } = useWords();
  const [wish, setWish] = useState(NOTHING);
  const change = (part: Partial<Wish>) => setWish({ ...wish, ...part });
  const ofPoints = wish.kind === "test" || wish.kind === "drill";
  return (
    <Asking
      title={t("desk.override.title", { name: fire.premises.name })}
      act={t("desk.act.override")}
      ready={isReady(wish)}
      onSend={() => acting.order({ act: "override", body: orderOf(wish, fire.premises.id) })}
      onDone={onDone}
    >
      <Choices
        label={t("desk.override.kind")}
        options={KINDS.map((each) => ({ value: each, label: name("case", each) }))}
        chosen={[wish.kind]}
        onChoose={([value]) => change({ kind: value as Kind, points: [] })}
        numbered
      />
      <p>{t(ofPoints ? "desk.override.quiet_points" : "desk.override.fires")}</p>
      {ofPoints ? <PointChoice fire={fire} wish={wish} onChange={change} /> : null}
      {wish.kind === "test" ? <TesterChoice fire={fire} wish={wish} onChange={change} /> : null}
      <Remark
        label={t("desk.override.minutes")}
        value={wish.minutes}
        onChange={(minutes) => change({ minutes })}
      />
      <Remark label={t("desk.act.note")} value={wish.note} onChange={(note) => change({ note })} />
    </Asking>
  );
}

interface PartProps {
  fire: SheetOfAct["fire"];
  wish: Wish;
  onChange: (part: Partial<Wish>) => void;
}

function PointChoice({ fire, wish, onChange }: PartProps) {
  const { t } = useWords();
  const points = quietPoints(useRegisteredPoints(fire), fire);
  if (points.length === 0) return <p className="quiet">{t("desk.override.no_points")}</p>;
  return (
    <div className="many">
      <Choices
        label={t("desk.override.points")}
        options={points.map(({ id, place }) => ({
          value: id,
          label: place === "" ? id : `${place} (${id})`,
        }))}
        chosen={wish.points}
        onChoose={(chosen) => onChange({ points: chosen })}
        several
      />
    </div>
  );
}

/** Whoever tests learns of the signals: one of the people of the premises. */
function TesterChoice({ fire, wish, onChange }: PartProps) {
  const { t } = useWords();
  const people = (useScene(fire.id).data?.command ?? []).filter((each) => each.contact !== null);
  return (
    <Choices
      label={t("desk.override.tester")}
      options={people.map((each) => ({ value: each.contact ?? "", label: each.name }))}
      chosen={wish.tester === null ? [] : [wish.tester]}
      onChoose={([value]) => onChange({ tester: value ?? null })}
    />
  );
}
