/** Asks why steps are left out: the timeline keeps the reason. */
import { useState } from "react";

import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";
import { skippedBy, type StepName } from "./acts";
import { LABELS } from "./labels";

export function SkipSheet({ act, fire, acting, onDone }: SheetOfAct & { act: StepName }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const steps = skippedBy(act, fire)
    .map((each) => t(LABELS[each]))
    .join(", ");
  return (
    <Asking
      title={t(LABELS[act])}
      act={t(LABELS[act])}
      ready={reason.trim() !== ""}
      onSend={() => acting.order({ act, skipped: reason })}
      onDone={onDone}
    >
      <p>{t("desk.skip_step.why", { steps })}</p>
      <Remark label={t("desk.skip_step.reason")} value={reason} onChange={setReason} first />
    </Asking>
  );
}
