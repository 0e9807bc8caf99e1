/** The map, and beside it a list that says the same for the keyboard and screen readers. */
import { useCallback, useMemo, useState } from "react";
import { useLocation } from "wouter";

import { useLive } from "../../live/live";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { ChartView, type Jump } from "./ChartView";
import { useMapPremises } from "./data";
import { ListBeside } from "./ListBeside";
import { incidentAt, listedOf, placesOf } from "./places";
import "./map.css";

/** What was pressed on the map and leads nowhere by itself: calm premises, or a resource. */
export interface Chosen {
  kind: "place" | "resource";
  key: string;
}

export default function MapPage() {
  const { t } = useWords();
  const [, go] = useLocation();
  const premises = useMapPremises();
  const open = useLive((live) => live.open);
  const places = useMemo(() => placesOf(premises.data ?? { features: [] }), [premises.data]);
  const listed = useMemo(() => listedOf(open.values(), places), [open, places]);
  const [jump, setJump] = useState<Jump | null>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const show = useCallback(({ lon, lat }: Jump) => setJump({ lon, lat }), []);
  const openPlace = (id: string) => {
    const incident = incidentAt(id, listed);
    if (incident === null) setChosen({ kind: "place", key: id });
    else go(`/incidents/${incident}`);
  };
  return (
    <div className="map-page">
      <h1>{t("desk.pages.map")}</h1>
      <Refusal error={premises.error} />
      <div className="map-and-list">
        {premises.isPending ? null : (
          <ChartView
            places={places}
            jump={jump}
            onPlace={openPlace}
            onResource={(key) => setChosen({ kind: "resource", key })}
          />
        )}
        <ListBeside listed={listed} places={places} chosen={chosen} onShow={show} />
      </div>
    </div>
  );
}
