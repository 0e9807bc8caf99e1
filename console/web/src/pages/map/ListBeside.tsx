/** What the map shows, as a list: each incident leads to its page, and the map to it. */
import { Link } from "wouter";

import { Act } from "../../parts/Act";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { ChosenThing } from "./ChosenThing";
import { Legend } from "./Legend";
import type { Chosen } from "./MapPage";
import { folded, type Listed, type Place, type PlaceState } from "./places";

export const STATE_NAMES = {
  fire: "desk.map.state_fire",
  suspected: "desk.map.state_suspected",
  fault: "desk.map.state_fault",
  supervisory: "desk.map.state_supervisory",
  override: "desk.map.state_override",
  calm: "desk.map.state_calm",
} as const satisfies Record<PlaceState, string>;

/** Incidents besides fires that are listed; the rest is counted, and stands in the lists of its kind. */
const MOST = 100;

interface ListProps {
  listed: readonly Listed[];
  places: readonly Place[];
  chosen: Chosen | null;
  onShow: (place: { lon: number; lat: number }) => void;
}

export function ListBeside({ listed, places, chosen, onShow }: ListProps) {
  const { t, counted } = useWords();
  const { shown, rest } = folded(listed, MOST);
  const troubled = new Set(listed.filter((each) => each.place).map((each) => each.id)).size;
  return (
    <section aria-labelledby="beside-title" className="beside">
      <ChosenThing chosen={chosen} places={places} />
      <h2 id="beside-title">{t("desk.map.list")}</h2>
      {listed.length === 0 ? <p>{t("desk.map.nothing_open")}</p> : null}
      <ul>
        {shown.map((each) => (
          <li key={each.incident} className={`listed listed-${each.state}`}>
            <Link href={`/incidents/${each.incident}`}>
              <b>{t(STATE_NAMES[each.state])}</b> {each.name}
            </Link>
            <span className="listed-when">
              <Since at={each.since} />
            </span>
            <ShowOnMap listed={each} onShow={onShow} />
          </li>
        ))}
      </ul>
      {rest > 0 ? <Link href="/matters">{counted("desk.map.more", rest)}</Link> : null}
      <p>{counted("desk.map.calm", places.length - troubled)}</p>
      <Legend onShow={onShow} />
    </section>
  );
}

function ShowOnMap({ listed, onShow }: { listed: Listed; onShow: ListProps["onShow"] }) {
  const { t } = useWords();
  const { place } = listed;
  if (place === undefined) return <span className="quiet">{t("desk.map.no_position")}</span>;
  return (
    <Act
      label={t("desk.map.show")}
      spoken={t("desk.map.show_named", { name: listed.name })}
      onAct={() => onShow(place)}
    />
  );
}
