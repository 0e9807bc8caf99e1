/** Asks before a second person ends a fire: with which outcome, and who asked for it. */
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { standingOf } from "./acts";
import { Asking } from "./Asking";

export function ApproveSheet({ fire, acting, onDone }: SheetOfAct) {
  const { t, counted, name } = useWords();
  const { standing } = standingOf(fire);
  return (
    <Asking
      title={t("desk.close.title", { name: fire.premises.name })}
      act={t("desk.act.approve")}
      ready
      onSend={() => acting.order({ act: "approve" })}
      onDone={onDone}
    >
      <p>
        {t("desk.incident.closing", {
          by: fire.closing?.by ?? "",
          outcome: name("outcome", fire.closing?.outcome ?? ""),
        })}
      </p>
      {standing === 0 ? null : <p className="refusal">{counted("desk.step.ends_standing", standing)}</p>}
    </Asking>
  );
}
