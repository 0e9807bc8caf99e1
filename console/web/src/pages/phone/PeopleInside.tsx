/** How many people are inside, as somebody at the premises says: information, too. */
import { useId, useState } from "react";

import { answer, api } from "../../api/client";
import type { Fire } from "../../live/events";
import { Act } from "../../parts/Act";
import { useWords } from "../../words/words";
import { peopleOf } from "./said";
import { Sending } from "./Sending";
import { useSending } from "./sending";

export function PeopleInside({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const name = useId();
  const [count, setCount] = useState("");
  const people = peopleOf(count);
  const params = { path: { id: fire.id } };
  const said = useSending((inside: number) =>
    answer(
      api.POST("/api/v1/incidents/{id}/answers", {
        params,
        body: { by: null, answer: "people_inside", people: inside, note: "" },
      }),
    ),
  );
  return (
    <>
      <div className="people-inside">
        <label htmlFor={name}>{t("desk.phone.people_inside")}</label>
        <input
          id={name}
          inputMode="numeric"
          autoComplete="off"
          value={count}
          onChange={(event) => setCount(event.target.value)}
        />
        <Act
          label={t("desk.phone.people_send")}
          onAct={() => people !== null && said.send(people)}
          disabled={people === null || said.state === "sent"}
        />
      </div>
      <Sending {...said} idle="" />
    </>
  );
}
