/** Asks before a fire is taken that another one had as a suspicion: it was confirmed in their hands. */
import { usePeople } from "../../fires/people";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { takenBefore } from "./acts";
import { Asking } from "./Asking";
import { useLive } from "../../live/live";

export function TakeSheet({ fire, acting, onDone }: SheetOfAct) {
  const { t } = useWords();
  const shown = usePeople();
  const by = takenBefore(
    fire,
    useLive((live) => live.who),
  );
  return (
    <Asking
      title={t("desk.act.take")}
      act={t("desk.act.take")}
      ready
      onSend={() => acting.order({ act: "take" })}
      onDone={onDone}
    >
      <p>
        {t("desk.take.from_another", { name: fire.premises.name, by: by === null ? "" : shown(by, by) })}
      </p>
    </Asking>
  );
}
