/** Asks with which outcome a fire is closed: one key each, then Enter. */
import { useState, type KeyboardEvent } from "react";

import type { Schemas } from "../../api/client";
import { useLive } from "../../live/live";
import { Choices } from "../../parts/Choices";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { mayPropose } from "./acts";
import { Asking, Remark } from "./Asking";
import { Proposal } from "./Proposal";
import { StandingWarning } from "./StandingWarning";

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
  const may = mayPropose(
    fire,
    useLive((live) => live.who),
  );
  const waits = fire.closing;
  const send = () => {
    if (outcome === null) return;
    const instead_of = waits?.since ?? null;
    acting.order({ act: "close", outcome, cause: cause === "" ? null : cause, note, instead_of });
  };
  return (
    <Asking
      title={t("desk.close.title", { name: fire.premises.name })}
      act={t(waits === null ? "desk.act.close" : "desk.close.replace")}
      ready={outcome !== null && may}
      {...(may ? {} : { missing: t("desk.close.of_another") })}
      onSend={send}
      onDone={onDone}
    >
      <StandingWarning fire={fire} label="desk.close.standing" />
      <Proposal fire={fire} />
      {waits === null || outcome === null || !may ? null : (
        <p className="refusal">
          {t("desk.close.instead", {
            before: name("outcome", waits.outcome),
            now: name("outcome", outcome),
          })}
        </p>
      )}
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
