/** The place of the map on the page; where it cannot be drawn it says so, and the list remains. */
import { useEffect, useMemo, useRef, useState } from "react";

import { useLive } from "../../live/live";
import { useWords } from "../../words/words";
import type { PremisesMap } from "./chart";
import { useMapAreas, useMapSettings, useResources } from "./data";
import type { Signs } from "./marks";
import { boxOf, featuresOf, statesOf, type Place } from "./places";
import { useSigns } from "./signs";
import { useTheme } from "./theme";

export interface Jump {
  lon: number;
  lat: number;
}

/** All of Viet Nam's south, where no premises has a position yet. */
const NOWHERE: [number, number, number, number] = [104.4, 8.4, 107.2, 11.2];

/** Milliseconds between two drawings: in a storm of signals the map is drawn once a second. */
const DRAW_EACH = 1_000;

interface ChartProps {
  places: readonly Place[];
  jump: Jump | null;
  onPlace: (id: string) => void;
  onResource: (key: string) => void;
}

export function ChartView({ places, jump, onPlace, onResource }: ChartProps) {
  const { t } = useWords();
  const container = useRef<HTMLDivElement>(null);
  const [backgroundLost, setBackgroundLost] = useState(false);
  const { chart, failed } = useChart(container, {
    places,
    onPlace,
    onResource,
    onBackgroundLost: () => setBackgroundLost(true),
  });
  const resources = useResources().data;
  const settings = useMapSettings().data;
  useStates(chart, places);
  useEffect(() => {
    if (resources !== undefined) chart?.showResources(resources);
  }, [chart, resources]);
  useEffect(() => {
    if (chart === null || jump === null) return;
    // On a phone the list stands below: whoever asks there has the map out of sight.
    container.current?.scrollIntoView({ block: "nearest" });
    chart.jump(jump.lon, jump.lat);
  }, [chart, jump]);
  return (
    <div className="chart">
      {failed ? <p role="status">{t("desk.map.cannot")}</p> : null}
      <div ref={container} className="chart-canvas" data-ready={chart !== null} />
      {/* Below: above, they would push the marks out of sight. */}
      {backgroundLost ? <p role="status">{t("desk.map.background_lost")}</p> : null}
      {settings?.url === null ? <p className="chart-note">{t("desk.map.no_streets")}</p> : null}
    </div>
  );
}

interface Needed {
  places: readonly Place[];
  onPlace: (id: string) => void;
  onResource: (key: string) => void;
  onBackgroundLost: () => void;
}

function useChart(container: React.RefObject<HTMLDivElement | null>, needed: Needed) {
  const [chart, setChart] = useState<PremisesMap | null>(null);
  const [failed, setFailed] = useState(false);
  const settings = useMapSettings().data;
  const areas = useMapAreas();
  const theme = useTheme();
  const texts = useTexts();
  // A map is not drawn anew because a press now does something else.
  const latest = useRef(needed);
  useEffect(() => {
    latest.current = needed;
  });
  const known = settings !== undefined && !areas.isPending;
  useEffect(() => {
    if (!known || container.current === null) return;
    const element = container.current;
    let made: PremisesMap | null = null;
    let wanted = true;
    import("./chart")
      .then(async ({ PremisesMap }) => {
        if (!wanted) return;
        made = new PremisesMap({
          container: element,
          box: boxOf(latest.current.places) ?? NOWHERE,
          settings,
          areas: areas.data ?? { type: "FeatureCollection", features: [] },
          ...texts,
          onPlace: (id) => latest.current.onPlace(id),
          onResource: (key) => latest.current.onResource(key),
          onBackgroundLost: () => latest.current.onBackgroundLost(),
        });
        await made.ready;
        setChart(made);
      })
      // A machine without WebGL has the list; so has one that could not load the program of the map.
      .catch(() => setFailed(true));
    return () => {
      wanted = false;
      made?.remove();
      setChart(null);
    };
  }, [known, settings, areas.data, container, texts, theme]);
  return { chart, failed };
}

/** The texts within the map: letters of marks, and MapLibre's buttons. */
function useTexts(): { signs: Signs; locale: Record<string, string> } {
  const { t } = useWords();
  const signs = useSigns();
  return useMemo(
    () => ({
      signs,
      locale: {
        "Map.Title": t("desk.map.drawn"),
        "NavigationControl.ZoomIn": t("desk.map.nearer"),
        "NavigationControl.ZoomOut": t("desk.map.farther"),
        "AttributionControl.ToggleAttribution": t("desk.map.attribution"),
      },
    }),
    [t, signs],
  );
}

/** Draws the states of *places* as they change, and once a second at most. */
function useStates(chart: PremisesMap | null, places: readonly Place[]): void {
  const open = useLive((live) => live.open);
  const latest = useRef(open);
  useEffect(() => {
    latest.current = open;
  }, [open]);
  useEffect(() => {
    if (chart === null) return;
    let drawn: unknown = null;
    const draw = () => {
      if (drawn === latest.current) return;
      drawn = latest.current;
      chart.showPremises(featuresOf(places, statesOf(latest.current.values())));
    };
    draw();
    const timer = window.setInterval(draw, DRAW_EACH);
    return () => window.clearInterval(timer);
  }, [chart, places]);
}
