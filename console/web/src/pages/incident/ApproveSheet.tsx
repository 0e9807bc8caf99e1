/** Asks a second person whether a fire ends as another one proposed, or why not. */
import { useState } from "react";

import { Choices } from "../../parts/Choices";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";
import { Proposal } from "./Proposal";
import { StandingWarning } from "./StandingWarning";

const ANSWERS = ["approve", "refuse"] as const;
const LABELS = { approve: "desk.act.approve", refuse: "desk.act.refuse" } as const;

export function ApproveSheet({ fire, acting, onDone }: SheetOfAct) {
  const { t } = useWords();
  const [answer, setAnswer] = useState<(typeof ANSWERS)[number]>("approve");
  const [reason, setReason] = useState("");
  const refuses = answer === "refuse";
  const send = () => acting.order(refuses ? { act: "refuse", reason } : { act: "approve" });
  return (
    <Asking
      title={t("desk.close.title", { name: fire.premises.name })}
      act={t(LABELS[answer])}
      ready={!refuses || reason.trim() !== ""}
      missing={t("desk.refuse.missing")}
      onSend={send}
      onDone={onDone}
    >
      <Proposal fire={fire} />
      <StandingWarning fire={fire} label="desk.step.ends_standing" />
      <Choices
        label={t("desk.refuse.answer")}
        options={ANSWERS.map((each) => ({ value: each, label: t(LABELS[each]) }))}
        chosen={[answer]}
        onChoose={([value]) => setAnswer(value === "refuse" ? "refuse" : "approve")}
        numbered
      />
      {refuses ? <Remark label={t("desk.refuse.reason")} value={reason} onChange={setReason} /> : null}
    </Asking>
  );
}
