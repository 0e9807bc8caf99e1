/** The suspicions that closed themselves a short while ago, below the fires: when, and for what reason. */
import { Link } from "wouter";

import { useCleared } from "../../fires/cleared";
import { incidentPath } from "../../fires/fires";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";

export function Cleared() {
  const { t, name } = useWords();
  const cleared = useCleared() ?? [];
  if (cleared.length === 0) return null;
  return (
    <section aria-labelledby="cleared-title" className="cleared">
      <h2 id="cleared-title">{t("desk.queue.cleared")}</h2>
      <ul className="plain">
        {cleared.map((each) => (
          <li key={each.id}>
            <Link href={incidentPath(each.id)}>
              <strong>{each.premises.name}</strong>
            </Link>
            {": "}
            {t("desk.queue.cleared_at", { reason: name("decision", each.reason) })}{" "}
            <Since at={each.closed_at ?? each.opened_at} />
          </li>
        ))}
      </ul>
      <Link href="/matters">{t("desk.queue.cleared_all")}</Link>
    </section>
  );
}
