/** Asks for a note about the fire. */
import { useState } from "react";

import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";

export function NoteSheet({ fire, acting, onDone }: SheetOfAct) {
  const { t } = useWords();
  const [text, setText] = useState("");
  return (
    <Asking
      title={t("desk.note.title", { name: fire.premises.name })}
      act={t("desk.act.note")}
      ready={text.trim() !== ""}
      onSend={() => acting.order({ act: "note", text })}
      onDone={onDone}
    >
      <Remark label={t("desk.act.note")} value={text} onChange={setText} first />
    </Asking>
  );
}
