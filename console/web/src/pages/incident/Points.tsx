/** How the fire grows: its points in the order in which they reported, each with its place. */
import type { Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { Hour } from "../../time/Hour";
import { useWords } from "../../words/words";
import { useScene } from "./incident";

type BurningPoint = Schemas["BurningPoint"];

/** Points that the page shows at once; the others are folded behind their number. */
const UNFOLDED = 8;

export function Points({ fire }: { fire: Fire }) {
  const { t, counted } = useWords();
  const burning = useScene(fire.id).data?.burning;
  const zones = new Map(burning?.zones.map((each) => [each.zone, each.name]));
  const places = new Map(burning?.points.map((each) => [`${each.gateway} ${each.point}`, each]));
  const points = [...fire.points].sort((a, b) => a.changed_at - b.changed_at);
  const growth = fire.queue?.growth;
  const row = (each: Fire["points"][number], index: number) => (
    <PointRow
      key={`${each.gateway} ${each.name}`}
      point={each}
      place={places.get(`${each.gateway} ${each.name}`)}
      zone={each.zone === null ? null : (zones.get(each.zone) ?? each.zone)}
      number={index + 1}
    />
  );
  return (
    <section aria-labelledby="points-title">
      <h2 id="points-title">
        {counted("desk.queue.points", growth?.points ?? points.length)}
        {growth === undefined ? null : (
          <small>
            {" "}
            {t("desk.incident.growth", { minute: growth.last_minute, five: growth.last_five_minutes })}
          </small>
        )}
      </h2>
      <ol className="points">{points.slice(0, UNFOLDED).map(row)}</ol>
      {points.length > UNFOLDED ? (
        <details>
          <summary>{counted("desk.incident.more_points", points.length - UNFOLDED)}</summary>
          <ol className="points">
            {points.slice(UNFOLDED).map((each, index) => row(each, index + UNFOLDED))}
          </ol>
        </details>
      ) : null}
    </section>
  );
}

interface PointProps {
  point: Fire["points"][number];
  place: BurningPoint | undefined;
  /** The name of its zone. */
  zone: string | null;
  number: number;
}

function PointRow({ point, place, zone, number }: PointProps) {
  const { t, name } = useWords();
  const where = [place?.place, place?.room].filter(Boolean).join(", ");
  return (
    <li>
      <b className="point-number">{number}</b>
      <span>
        <strong>{where === "" ? point.name : where}</strong>{" "}
        <span className="quiet">
          {name("detector", place?.kind ?? "level")} {point.name}
          {zone === null ? "" : `, ${t("desk.incident.zone", { zone })}`}
        </span>
      </span>
      <span className="point-state">
        {point.restored_at === null ? t("desk.incident.in_fire") : t("desk.incident.restored")}{" "}
        <Hour at={point.restored_at ?? point.changed_at} />
      </span>
    </li>
  );
}
