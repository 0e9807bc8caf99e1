/** What is out of order where it burns: what the devices there no longer say, whoever decides must know. */
import { Link } from "wouter";

import { incidentPath } from "../../fires/fires";
import type { Fire } from "../../live/events";
import { useLive } from "../../live/live";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { faultsAt } from "./faults";

/** Conditions that are named; the others are counted. */
const NAMED = 5;

export function SiteFaults({ fire }: { fire: Fire }) {
  const { t, counted, name } = useWords();
  const faults = faultsAt(
    useLive((live) => live.open),
    fire,
  );
  const [first] = faults;
  if (first === undefined) return null;
  return (
    <section className="site-faults" aria-labelledby="faults-title">
      <h2 id="faults-title">{t("desk.incident.faults")}</h2>
      <ul className="plain" role="status">
        {faults.slice(0, NAMED).map(({ condition, incident }) => (
          <li
            key={`${incident} ${condition.gateway} ${condition.scope} ${condition.name} ${condition.reason}`}
          >
            <Link href={incidentPath(incident)}>
              <b>{condition.name === "" ? condition.gateway : condition.name}</b>:{" "}
              {name("reason", condition.reason)}
            </Link>{" "}
            <Since at={condition.since} />
          </li>
        ))}
        {faults.length > NAMED ? (
          <li>{counted("desk.incident.more_faults", faults.length - NAMED)}</li>
        ) : null}
      </ul>
    </section>
  );
}
