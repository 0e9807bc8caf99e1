/** The page of what is no fire: faults, supervisory signals, overrides. */
import { KEYS } from "../../app/keyTable";
import type { Incident } from "../../live/events";
import { Act } from "../../parts/Act";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { useActing } from "./acting";
import { useExplanation } from "./incident";
import { ActsHere } from "./SentActs";
import { SentenceRow } from "./Why";

type Other = Exclude<Incident, { kind: "fire" }>;

export function OtherPage({ incident }: { incident: Other }) {
  const { t, name } = useWords();
  const acting = useActing(incident);
  const explained = useExplanation(incident.id).data;
  const isTrouble = incident.kind === "fault" || incident.kind === "supervisory";
  return (
    <article aria-labelledby="incident-title" className="incident">
      <div className="incident-top">
        <p className="head-what">
          <b>{name("case", incident.kind)}</b> {name("phase", incident.phase)}
        </p>
        <h1 id="incident-title">{incident.premises.name}</h1>
        <p>{incident.premises.address}</p>
        <p>
          {t("desk.incident.since")} <Since at={incident.opened_at} />
        </p>
        <p>
          {incident.owner === null
            ? t("desk.queue.nobody")
            : t("desk.queue.owner", { name: incident.owner })}
        </p>
        {isTrouble && incident.phase === "standing" ? (
          <Act
            label={t("desk.act.take")}
            shortcut={KEYS.take}
            tone="first"
            onAct={() => acting.order({ act: "take" })}
          />
        ) : null}
        <ActsHere incident={incident.id} />
      </div>
      {"conditions" in incident ? <Conditions conditions={incident.conditions} /> : null}
      <section aria-labelledby="why-title">
        <h2 id="why-title">{t("desk.why.title")}</h2>
        <ol className="sentences">
          {explained?.explanation.map((each) => (
            <SentenceRow key={`${each.at} ${each.text}`} sentence={each} />
          ))}
        </ol>
      </section>
    </article>
  );
}

function Conditions({ conditions }: { conditions: Extract<Other, { kind: "fault" }>["conditions"] }) {
  const { t, name } = useWords();
  return (
    <ul className="plain">
      {conditions.map((each) => (
        <li key={`${each.gateway} ${each.scope} ${each.name} ${each.reason} ${each.since}`}>
          <strong>{each.name === "" ? each.gateway : each.name}</strong> {name("reason", each.reason)}{" "}
          <Since at={each.since} /> {each.restored_at === null ? "" : t("desk.incident.restored")}
        </li>
      ))}
    </ul>
  );
}
