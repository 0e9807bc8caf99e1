/** Asks what came of a call: whom, answered or not, what was said. Nobody without a number was telephoned. */
import { useState } from "react";

import { KEYS } from "../../app/keyTable";
import type { Fire } from "../../live/events";
import { Choices } from "../../parts/Choices";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";
import { notCalled } from "./called";
import { EMERGENCY } from "./Emergency";
import { useScene } from "./incident";
import { unitsOf } from "./units";

const ANSWERED = "answered";
const SILENT = "silent";

/** Those whom one may telephone: of the premises, of forces that were sent, then the emergency services. */
function useWhom(fire: Fire) {
  const { t } = useWords();
  const scene = useScene(fire.id).data;
  const sent = notCalled(fire, unitsOf(scene));
  const ofUnits = sent.flatMap(({ name, people }) =>
    people.map((each) => ({ ...each, name: `${name}: ${each.name}` })),
  );
  const own = (scene?.command ?? []).map((each) => ({ ...each, contact: each.contact ?? "" }));
  const people = [...own, ...ofUnits].filter((each) => each.contact !== "");
  return [
    ...[...new Map(people.map((each) => [each.contact, each])).values()].map(
      ({ contact, name, phone }) => ({
        value: contact,
        label: phone === "" ? t("desk.call.no_number", { name }) : `${name}, ${phone}`,
        off: phone === "",
      }),
    ),
    ...EMERGENCY.map(({ phone, name }) => ({ value: phone, label: `${phone}, ${t(name)}` })),
  ];
}

interface AnsweredProps {
  answered: string | null;
  onChoose: (answered: string | null) => void;
}

function Answered({ answered, onChoose }: AnsweredProps) {
  const { t } = useWords();
  return (
    <Choices
      label={t("desk.call.answered")}
      options={[
        { value: ANSWERED, label: t("desk.call.yes") },
        { value: SILENT, label: t("desk.call.no") },
      ]}
      chosen={answered === null ? [] : [answered]}
      onChoose={([value]) => onChoose(value ?? null)}
      // Once it is answered they are letters of what was said: "xe", "yên".
      shortcuts={answered === null ? [KEYS.accept, KEYS.decline] : []}
    />
  );
}

export function CallSheet({ fire, acting, onDone }: SheetOfAct) {
  const { t } = useWords();
  const options = useWhom(fire);
  const [contact, setContact] = useState<string | null>(null);
  const [whom, setWhom] = useState("");
  const [answered, setAnswered] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [service, setService] = useState<string | null>(null);
  const choose = (value: string | undefined) => {
    // Whoever is chosen takes the place of who was written: those words stay, as what was said.
    if (whom.trim() !== "") setSaid([whom.trim(), said].filter(Boolean).join(". "));
    setWhom("");
    const emergency = EMERGENCY.some(({ phone }) => phone === value);
    setService(emergency && value !== service ? (value ?? null) : null);
    setContact(!emergency && value !== contact ? (value ?? null) : null);
  };
  const called = contact ?? service;
  const other = service === null ? whom : (options.find(({ value }) => value === service)?.label ?? "");
  const send = () =>
    acting.order({
      act: "call",
      ...(contact === null ? { contact: null, whom: other } : { contact, whom: null }),
      answered: answered === ANSWERED,
      said,
    });
  return (
    <Asking
      title={t("desk.call.title", { name: fire.premises.name })}
      act={t("desk.act.call")}
      ready={(called !== null || whom.trim() !== "") && answered !== null}
      onSend={send}
      onDone={onDone}
    >
      <Choices
        label={t("desk.call.whom")}
        options={options}
        chosen={called === null ? [] : [called]}
        onChoose={([value]) => choose(value)}
        numbered
      />
      {called === null ? <Remark label={t("desk.call.other")} value={whom} onChange={setWhom} /> : null}
      <Answered answered={answered} onChoose={setAnswered} />
      <Remark label={t("desk.call.said")} value={said} onChange={setSaid} />
    </Asking>
  );
}
