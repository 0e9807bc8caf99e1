/** What, where, since when, what is due, and who has it. */
import { Link } from "wouter";

import { FireClock } from "../../fires/FireClock";
import { incidentPath } from "../../fires/fires";
import { headText } from "../../fires/phase";
import { placeText } from "../../fires/place";
import type { Fire } from "../../live/events";
import { Hour } from "../../time/Hour";
import { Since } from "../../time/Since";
import { ExerciseMark } from "../../training/ExerciseMark";
import { waits } from "../../watch/news";
import { useWords } from "../../words/words";
import { NeighbouringFires } from "./NeighbouringFires";

export function FireHead({ fire }: { fire: Fire }) {
  const words = useWords();
  const { t, name } = words;
  const place = placeText(fire.premises.address, fire.queue?.area_name);
  return (
    <header className="head">
      <p className="head-what">
        <ExerciseMark fire={fire} />
        <b className="head-phase">{headText(fire, words)}</b>
        <FireClock fire={fire} />
      </p>
      <h1 id="incident-title">{fire.premises.name}</h1>
      <Reopened fire={fire} />
      <NeighbouringFires fire={fire} />
      <p className="head-where">{place}</p>
      <p>
        <Since at={fire.opened_at} label={t("desk.incident.since")} />
        {fire.confirmed_at === null ? null : (
          <>
            {" · "}
            {name("phase", "confirmed")}{" "}
            <Hour at={fire.confirmed_at} label={name("phase", "confirmed")} />
          </>
        )}
      </p>
      <p className="head-owner">
        {fire.owner === null ? t("desk.queue.nobody") : t("desk.queue.owner", { name: fire.owner })}
      </p>
      {fire.offer === null ? null : (
        <p className="head-end">
          {t("desk.incident.offer", { by: fire.offer.by, to: fire.offer.to_name })}
        </p>
      )}
      <Forces fire={fire} />
      <Link href={`${incidentPath(fire.id)}/report`}>{t("desk.pages.report")}</Link>
      <Ending fire={fire} />
    </header>
  );
}

/** That it is open again, and why: whoever reads nothing else must read this. */
function Reopened({ fire }: { fire: Fire }) {
  const { t, name } = useWords();
  if (fire.reopened_at === null) return null;
  const isOpen = fire.closed_at === null;
  return (
    <p className={isOpen && waits(fire) ? "head-reopened" : ""}>
      <b>{t("desk.incident.reopened")}</b> <Since at={fire.reopened_at} />
      {isOpen && waits(fire) ? `: ${name("decision", fire.reason)}. ${t("desk.incident.anew")}` : null}
    </p>
  );
}

/** The forces that were sent, and which of them are there. */
function Forces({ fire }: { fire: Fire }) {
  const { t } = useWords();
  if (fire.forces.length === 0) return null;
  const said = fire.forces.map((each) =>
    each.state === "on_scene" ? t("desk.incident.there", { name: each.name }) : each.name,
  );
  return <p>{t("desk.incident.forces", { names: said.join(", ") })}</p>;
}

/** How it ended, or who asks a second person that it ends. */
function Ending({ fire }: { fire: Fire }) {
  const { t, name } = useWords();
  if (fire.closed_at !== null)
    return (
      <p className="head-end">
        {t("desk.incident.closed", {
          by: fire.closed_by ?? "",
          outcome: name("outcome", fire.outcome ?? ""),
        })}{" "}
        <Since at={fire.closed_at} />
      </p>
    );
  if (fire.closing === null) return null;
  return (
    <p className="head-end">
      {t("desk.incident.closing", {
        by: fire.closing.by,
        outcome: name("outcome", fire.closing.outcome),
      })}
    </p>
  );
}
