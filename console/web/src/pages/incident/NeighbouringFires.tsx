/** The fires at the same place just before and just after this one: it may be the same fire, burning again. */
import { Link } from "wouter";

import type { Schemas } from "../../api/client";
import { incidentPath } from "../../fires/fires";
import type { Fire } from "../../live/events";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";

type Neighbour = Schemas["NeighbouringFire"];

export function NeighbouringFires({ fire }: { fire: Fire }) {
  return (
    <>
      {fire.earlier == null ? null : <Earlier fire={fire.earlier} />}
      {fire.later == null ? null : <Later fire={fire.later} />}
    </>
  );
}

function Earlier({ fire }: { fire: Neighbour }) {
  const { t, name } = useWords();
  const outcome = name("outcome", fire.outcome ?? "");
  return (
    <p className="head-neighbour">
      <Link href={incidentPath(fire.id)}>
        {fire.closed_by === null
          ? t("desk.incident.earlier_cleared", { outcome })
          : t("desk.incident.earlier", { by: fire.closed_by, outcome })}
      </Link>{" "}
      <Since at={fire.closed_at ?? fire.opened_at} />
    </p>
  );
}

function Later({ fire }: { fire: Neighbour }) {
  const { t } = useWords();
  return (
    <p className="head-neighbour">
      <Link href={incidentPath(fire.id)}>{t("desk.incident.later")}</Link> <Since at={fire.opened_at} />
    </p>
  );
}
