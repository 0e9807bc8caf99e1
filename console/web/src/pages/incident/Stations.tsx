/** The units that may be sent: those that are responsible, and the nearest ones, with what is ready and whom to call. */
import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { Call } from "./Call";
import { peopleOf, type Unit } from "./called";
import { kilometres } from "./figures";
import { useScene } from "./incident";

/** Units that stand open beside those that are responsible. */
const NEAREST = 3;

export function Stations({ fire }: { fire: Fire }) {
  const { t, counted } = useWords();
  const scene = useScene(fire.id).data;
  if (scene === undefined) return null;
  const responsible = new Set(scene.responsible.map((each) => each.id));
  const others = scene.units.filter((each) => !responsible.has(each.id));
  return (
    <section aria-labelledby="stations-title">
      <h2 id="stations-title">{t("desk.stations.title")}</h2>
      {scene.responsible.length + others.length === 0 ? (
        <p className="quiet">{t("desk.dispatch.none")}</p>
      ) : null}
      <ul className="people">
        {scene.responsible.map((each) => (
          <UnitRow key={each.id} unit={each} responsible />
        ))}
        {others.slice(0, NEAREST).map((each) => (
          <UnitRow key={each.id} unit={each} />
        ))}
      </ul>
      {others.length > NEAREST ? (
        <details>
          <summary>{counted("desk.stations.more", others.length - NEAREST)}</summary>
          <ul className="people">
            {others.slice(NEAREST).map((each) => (
              <UnitRow key={each.id} unit={each} />
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  );
}

interface UnitProps {
  unit: Unit;
  responsible?: boolean;
}

function UnitRow({ unit, responsible = false }: UnitProps) {
  const { t, name, counted, language } = useWords();
  return (
    <li>
      <span>
        <strong>{unit.name}</strong>{" "}
        <span className="quiet">
          {name("unit", unit.kind)}
          {unit.distance_m === null ? "" : `, ${kilometres(unit.distance_m, language)}`}
          {responsible ? `, ${t("desk.stations.responsible")}` : ""},{" "}
          {counted("desk.dispatch.ready", unit.ready.length)}
        </span>
      </span>
      <span className="calls">
        {peopleOf(unit)
          .slice(0, 2)
          .map((each) => (
            <Call key={each.contact} phone={each.phone} name={each.name} />
          ))}
      </span>
    </li>
  );
}
