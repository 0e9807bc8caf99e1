/** The map, and beside it a list that says the same for the keyboard and screen readers. */
import { useMemo, useState } from "react";

import { useLive } from "../../live/live";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { ChartView, type Jump } from "./ChartView";
import { useMapPremises } from "./data";
import { ListBeside } from "./ListBeside";
import { listedOf, placesOf } from "./places";
import "./map.css";

export default function MapPage() {
  const { t } = useWords();
  const premises = useMapPremises();
  const open = useLive((live) => live.open);
  const places = useMemo(() => placesOf(premises.data ?? { features: [] }), [premises.data]);
  const listed = useMemo(() => listedOf(open.values(), places), [open, places]);
  const [jump, setJump] = useState<Jump | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <div className="map-page">
      <h1>{t("desk.pages.map")}</h1>
      <Refusal error={premises.error} />
      <div className="map-and-list">
        {premises.data === undefined ? null : (
          <ChartView places={places} jump={jump} onPlace={setChosen} />
        )}
        <ListBeside
          listed={listed}
          chosen={places.find((each) => each.id === chosen)}
          calm={places.length - new Set(listed.filter((each) => each.place).map((each) => each.id)).size}
          onShow={({ lon, lat }) => setJump({ lon, lat })}
        />
      </div>
    </div>
  );
}
