/** Who was told of the fire: delivered, seen and answered are three states. Names are loaded when asked for. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api, type Schemas } from "../../api/client";
import { useMay } from "../../data/may";
import { usePeople } from "../../fires/people";
import type { Fire } from "../../live/events";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { statesOf, type ToldState } from "./mine";

const STATES = {
  delivered: "desk.phone.told_delivered",
  seen: "desk.phone.told_seen",
  answered: "desk.phone.told_answered",
} as const satisfies Record<ToldState, string>;

/** Milliseconds between two looks while the list is open. */
const LOOK_EACH = 10_000;

export function ToldAtMine({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const may = useMay("incidents:read");
  const asked = useQuery({
    queryKey: ["incident", fire.id],
    queryFn: () => answer(api.GET("/api/v1/incidents/{id}", { params: { path: { id: fire.id } } })),
    refetchInterval: LOOK_EACH,
    enabled: open && may,
  });
  const reached = fire.queue?.reached;
  if (reached === undefined) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <b>{t("desk.phone.told", { count: reached.notified })}</b>{" "}
        {t("desk.phone.told_counts", {
          delivered: reached.delivered,
          seen: reached.seen,
          answered: reached.answered,
        })}
      </summary>
      {asked.isPending && open ? <p role="status">{t("desk.fresh.waiting")}</p> : null}
      <Refusal error={asked.error} />
      <ul className="people-told">
        {(asked.data?.told ?? []).map((each) => (
          <PersonLine key={each.contact} person={each} />
        ))}
      </ul>
    </details>
  );
}

function PersonLine({ person }: { person: Schemas["PersonTold"] }) {
  const { t } = useWords();
  const shown = usePeople();
  return (
    <li>
      <b>{shown(person.contact, person.name)}</b>
      <ul className="person-states">
        {statesOf(person).map(({ state, done }) => (
          <li key={state} className={done ? "state-done" : "state-open"}>
            {done ? "✓" : "–"} {t(STATES[state])}
          </li>
        ))}
      </ul>
    </li>
  );
}
