/** What the map shows, as a list: each incident leads to its page, and the map to it. */
import { memo } from "react";
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
          <ListedRow
            key={each.incident}
            incident={each.incident}
            state={each.state}
            name={each.name}
            since={each.since}
            place={each.place}
            onShow={onShow}
          />
        ))}
      </ul>
      {rest > 0 ? <Link href="/matters">{counted("desk.map.more", rest)}</Link> : null}
      <p>{counted("desk.map.calm", places.length - troubled)}</p>
      <Legend onShow={onShow} />
    </section>
  );
}

interface RowProps extends Omit<Listed, "id"> {
  onShow: ListProps["onShow"];
}

/** One row: of hundreds only those are made anew whose incident changed. */
const ListedRow = memo(function ListedRow({ incident, state, name, since, place, onShow }: RowProps) {
  const { t } = useWords();
  return (
    <li className={`listed listed-${state}`}>
      <Link href={`/incidents/${incident}`}>
        <b>{t(STATE_NAMES[state])}</b> {name}
      </Link>
      <span className="listed-when">
        <Since at={since} />
      </span>
      {place === undefined ? (
        <span className="quiet">{t("desk.map.no_position")}</span>
      ) : (
        <Act
          label={t("desk.map.show")}
          spoken={t("desk.map.show_named", { name })}
          onAct={() => onShow(place)}
        />
      )}
    </li>
  );
});
