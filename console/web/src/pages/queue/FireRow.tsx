/** The row of one fire: what is due, where it burns, how it grows, who has it, who was reached. */
import { memo } from "react";
import { Link } from "wouter";

import { FireClock } from "../../fires/FireClock";
import { incidentPath } from "../../fires/fires";
import { useOverdue } from "../../fires/overdue";
import { isOnlySuspected, phaseText } from "../../fires/phase";
import { placeText } from "../../fires/place";
import { usePeople } from "../../fires/people";
import type { Fire } from "../../live/events";
import { useCenterNow } from "../../live/live";
import { Since } from "../../time/Since";
import { duration } from "../../time/written";
import { ExerciseMark } from "../../training/ExerciseMark";
import { useWords } from "../../words/words";

export const FireRow = memo(function FireRow({ fire }: { fire: Fire }) {
  const words = useWords();
  const { t } = words;
  const overdue = useOverdue(fire) ? " overdue" : "";
  const suspected = isOnlySuspected(fire) ? " fire-only-suspected" : "";
  return (
    <Link
      href={incidentPath(fire.id)}
      data-fire={fire.id}
      className={`fire fire-${fire.phase}${suspected}${overdue}`}
    >
      <FireClock fire={fire} />
      <span className="fire-phase">
        <ExerciseMark fire={fire} /> {phaseText(fire, words)}
      </span>
      <span className="fire-where">
        <strong>{fire.premises.name}</strong>{" "}
        <span>{placeText(fire.premises.address, fire.queue?.area_name)}</span>
      </span>
      <Growth fire={fire} />
      <span className="fire-owner">
        {fire.owner === null ? t("desk.queue.nobody") : t("desk.queue.owner", { name: fire.owner })}
      </span>
      <Reached fire={fire} />
      <ComingStage fire={fire} />
      <Since at={fire.opened_at} label={t("desk.queue.since")} />
    </Link>
  );
});

function Growth({ fire }: { fire: Fire }) {
  const { t, counted } = useWords();
  const growth = fire.queue?.growth;
  const points = growth?.points ?? fire.points.length + fire.more_points;
  const fresh = growth?.last_five_minutes ?? 0;
  return (
    <span className="fire-growth">
      <b>{counted("desk.queue.points", points)}</b>{" "}
      {growth !== undefined && fresh > 0 && fresh < points
        ? t("desk.queue.growing", { count: fresh })
        : null}
    </span>
  );
}

function Reached({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const reached = fire.queue?.reached;
  if (reached === undefined) return <span className="fire-reached" />;
  return <span className="fire-reached">{t("desk.queue.reached", { ...reached })}</span>;
}

/** Who is told next if nobody acts. */
function ComingStage({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const now = useCenterNow();
  const person = usePeople();
  const next = fire.queue?.next ?? null;
  if (next === null || next.notify.length === 0) return <span className="fire-next" />;
  const time = duration(Math.max(0, (next.at - now) / 1_000_000));
  const who = next.notify.map((each) => person(each.contact, each.name)).join(", ");
  return <span className="fire-next">{t("desk.queue.next", { time, who })}</span>;
}
