/** Asks with which outcome a fire is closed: one key each, then Enter. */
import { useState, type KeyboardEvent } from "react";

import type { Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { Choices } from "../../parts/Choices";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";

type Outcome = Schemas["CloseRequest"]["outcome"];
type Cause = NonNullable<Schemas["CloseRequest"]["cause"]>;

const OUTCOMES: readonly Outcome[] = ["genuine", "false_alarm", "malfunction", "hoax", "drill", "test"];

const CAUSES: readonly Cause[] = [
  "electrical",
  "open_flame",
  "cooking",
  "gas",
  "flammable_liquid",
  "hot_work",
  "smoking",
  "votive_burning",
  "vehicle",
  "lightning",
  "self_heating",
  "arson",
  "steam_or_dust",
  "insects",
  "works",
  "accidental_press",
  "device_fault",
  "other",
];

export function CloseSheet({ fire, acting, onDone }: SheetOfAct) {
  const { t, name } = useWords();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [cause, setCause] = useState<Cause | "">("");
  const [note, setNote] = useState("");
  const send = () => {
    if (outcome === null) return;
    acting.order({ act: "close", outcome, cause: cause === "" ? null : cause, note });
  };
  return (
    <Asking
      title={t("desk.close.title", { name: fire.premises.name })}
      act={t("desk.act.close")}
      ready={outcome !== null}
      onSend={send}
      onDone={onDone}
    >
      <Standing fire={fire} />
      <Choices
        label={t("desk.close.outcome")}
        options={OUTCOMES.map((each) => ({ value: each, label: name("outcome", each) }))}
        chosen={outcome === null ? [] : [outcome]}
        onChoose={([value]) => setOutcome((value as Outcome | undefined) ?? null)}
        numbered
      />
      <Remark label={t("desk.act.note")} value={note} onChange={setNote} />
      <label>
        {t("desk.close.cause")}
        <select
          value={cause}
          onChange={(event) => setCause(event.target.value as Cause | "")}
          onKeyDown={chosen}
        >
          <option value="">{t("desk.close.unknown")}</option>
          {CAUSES.map((each) => (
            <option key={each} value={each}>
              {name("cause", each)}
            </option>
          ))}
        </select>
      </label>
    </Asking>
  );
}

/** Enter in the list chooses, and goes on to the button: only a further one sends. */
function chosen(event: KeyboardEvent<HTMLSelectElement>): void {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.currentTarget.form?.querySelector<HTMLElement>("button[type=submit]")?.focus();
}

/** Points that are in fire still: then a second person approves the close of a confirmed fire. */
function Standing({ fire }: { fire: Fire }) {
  const { counted } = useWords();
  const standing = fire.queue?.growth.standing ?? fire.standing.length;
  return standing === 0 ? null : <p className="refusal">{counted("desk.close.standing", standing)}</p>;
}
