/** What the map shows, as a list: each incident leads to its page, and the map to it. */
import { Link } from "wouter";

import { Act } from "../../parts/Act";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { useResources } from "./data";
import type { Listed, Place, PlaceState } from "./places";

const STATE_NAMES = {
  fire: "desk.map.state_fire",
  suspected: "desk.map.state_suspected",
  fault: "desk.map.state_fault",
  supervisory: "desk.map.state_supervisory",
  override: "desk.map.state_override",
  calm: "desk.map.state_calm",
} as const satisfies Record<PlaceState, string>;

/** Incidents that are listed; the rest is counted, and stands in the lists of its kind. */
const MOST = 200;

interface ListProps {
  listed: readonly Listed[];
  chosen: Place | undefined;
  calm: number;
  onShow: (place: Place) => void;
}

export function ListBeside({ listed, chosen, calm, onShow }: ListProps) {
  const { t, counted } = useWords();
  return (
    <section aria-labelledby="beside-title" className="beside">
      <h2 id="beside-title">{t("desk.map.list")}</h2>
      {chosen === undefined ? null : (
        <p role="status">
          <b>{chosen.name}</b>
        </p>
      )}
      <ul>
        {listed.slice(0, MOST).map((each) => (
          <li key={each.incident} className={`listed listed-${each.state}`}>
            <Link href={`/incidents/${each.incident}`}>
              <b>{t(STATE_NAMES[each.state])}</b> {each.name}
            </Link>{" "}
            <Since at={each.since} />
            <ShowOnMap place={each.place} onShow={onShow} />
          </li>
        ))}
      </ul>
      {listed.length > MOST ? <p>{counted("desk.map.more", listed.length - MOST)}</p> : null}
      <p>{counted("desk.map.calm", calm)}</p>
      <Legend />
    </section>
  );
}

function ShowOnMap({ place, onShow }: { place: Place | undefined; onShow: (place: Place) => void }) {
  const { t } = useWords();
  if (place === undefined) return <span className="quiet">{t("desk.map.no_position")}</span>;
  return <Act label={t("desk.map.show")} onAct={() => onShow(place)} />;
}

function Legend() {
  const { t } = useWords();
  const resources = useResources().data ?? [];
  const count = (kind: string) => resources.filter((each) => each.kind === kind).length;
  return (
    <p className="quiet">
      {t("desk.map.legend", {
        units: count("units"),
        water: count("water"),
        means: count("means"),
      })}
    </p>
  );
}
