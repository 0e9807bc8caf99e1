/** Asks to whom the fire is handed over: those who may act at it, who are at a desk first. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { Choices } from "../../parts/Choices";
import { Picker } from "../../parts/Picker";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import type { SheetOfAct } from "./ActSheet";
import { Asking, Remark } from "./Asking";

export function HandOverSheet({ fire, acting, onDone }: SheetOfAct) {
  const { t } = useWords();
  const { people, error } = useSuccessors(fire.id);
  const [to, setTo] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const there = people.filter((each) => each.attends);
  const others = people.filter((each) => !each.attends);
  return (
    <Asking
      title={t("desk.hand_over.title", { name: fire.premises.name })}
      act={t("desk.act.hand_over")}
      ready={to !== null}
      onSend={() => acting.order({ act: "hand_over", to: to ?? "", note })}
      onDone={onDone}
    >
      <Refusal error={error} />
      {there.length === 0 ? (
        <p>{t("desk.hand_over.nobody")}</p>
      ) : (
        <Choices
          label={t("desk.hand_over.there")}
          options={there.map((each) => ({ value: each.account, label: each.name }))}
          chosen={to === null ? [] : [to]}
          onChoose={([value]) => setTo(value ?? null)}
          numbered
        />
      )}
      {others.length === 0 ? null : (
        <Picker
          label={t("desk.hand_over.others")}
          options={others.map(({ account, name }) => ({ id: account, name, detail: account }))}
          chosen={others.some((each) => each.account === to) ? to : null}
          onChoose={setTo}
          optional
        />
      )}
      <Remark label={t("desk.act.note")} value={note} onChange={setNote} />
    </Asking>
  );
}

function useSuccessors(id: string) {
  const asked = useQuery({
    queryKey: ["incident", id, "successors"],
    queryFn: () => answer(api.GET("/api/v1/incidents/{id}/hand-over", { params: { path: { id } } })),
  });
  return { people: asked.data?.people ?? [], error: asked.error };
}
