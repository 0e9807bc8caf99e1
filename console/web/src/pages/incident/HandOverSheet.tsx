/** Asks to whom the fire is handed over: somebody at a desk, or any account by its name. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { useLive } from "../../live/live";
import { Choices } from "../../parts/Choices";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";

export function HandOverSheet({ fire, acting, onDone }: SheetOfAct) {
  const { t } = useWords();
  const me = useLive((live) => live.who?.account);
  const asked = useQuery({ queryKey: ["desks"], queryFn: () => answer(api.GET("/api/v1/desks")) });
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const there = (asked.data?.desks ?? []).filter((each) => each.account !== me);
  const people = [...new Map(there.map((each) => [each.account, each.name]))];
  return (
    <Asking
      title={t("desk.hand_over.title", { name: fire.premises.name })}
      act={t("desk.act.hand_over")}
      ready={to.trim() !== ""}
      onSend={() => acting.order({ act: "hand_over", to: to.trim(), note })}
      onDone={onDone}
    >
      {people.length === 0 ? null : (
        <Choices
          label={t("desk.hand_over.there")}
          options={people.map(([value, label]) => ({ value, label }))}
          chosen={[to]}
          onChoose={([value = ""]) => setTo(value)}
          numbered
        />
      )}
      <Remark label={t("desk.hand_over.account")} value={to} onChange={setTo} />
      <Remark label={t("desk.act.note")} value={note} onChange={setNote} />
    </Asking>
  );
}
