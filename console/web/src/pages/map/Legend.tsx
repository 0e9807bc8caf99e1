/** The marks of the map, as it draws them; stations, water and vehicles can be found here by keyboard, too. */
import { useMemo } from "react";

import { Act } from "../../parts/Act";
import { useWords } from "../../words/words";
import { ResourceText } from "./ChosenThing";
import { useResources } from "./data";
import { pictureOf, resourceMarkName } from "./marks";
import { RESOURCE_KINDS, type Resource, type ResourceKind } from "./resources";
import { useSigns } from "./signs";
import { useTheme } from "./theme";

const KIND_NAMES = {
  unit: "desk.map.kind_unit",
  hydrant: "desk.map.kind_hydrant",
  water: "desk.map.kind_water",
  engine: "desk.map.kind_engine",
  boat: "desk.map.kind_boat",
} as const satisfies Record<ResourceKind, string>;

/** Marks of one kind that are named one by one. */
const MOST = 200;

interface LegendProps {
  onShow: (place: { lon: number; lat: number }) => void;
}

export function Legend({ onShow }: LegendProps) {
  const { t } = useWords();
  const resources = useResources().data ?? [];
  if (resources.length === 0) return <p className="quiet">{t("desk.map.no_resources")}</p>;
  return (
    <section aria-labelledby="legend-title">
      <h3 id="legend-title">{t("desk.map.legend")}</h3>
      {RESOURCE_KINDS.map((kind) => (
        <OfKind
          key={kind}
          kind={kind}
          found={resources.filter((each) => each.kind === kind)}
          onShow={onShow}
        />
      ))}
    </section>
  );
}

interface OfKindProps extends LegendProps {
  kind: ResourceKind;
  found: readonly Resource[];
}

function OfKind({ kind, found, onShow }: OfKindProps) {
  const { t, counted } = useWords();
  const picture = usePicture(kind);
  if (found.length === 0) return null;
  return (
    <details>
      <summary>
        <img src={picture} alt="" width={20} height={20} /> {t(KIND_NAMES[kind])}: {found.length}
      </summary>
      <ul>
        {found.slice(0, MOST).map((each) => (
          <li key={each.key} className="listed">
            <ResourceText resource={each} />
            <Act
              label={t("desk.map.show")}
              spoken={t("desk.map.show_named", { name: each.name })}
              onAct={() => onShow(each)}
            />
          </li>
        ))}
      </ul>
      {found.length > MOST ? <p>{counted("desk.map.more", found.length - MOST)}</p> : null}
    </details>
  );
}

function usePicture(kind: ResourceKind): string {
  const signs = useSigns();
  const theme = useTheme();
  // The picture has the colours of the theme.
  return useMemo(
    () => (theme === "" ? "" : pictureOf(resourceMarkName({ kind, usable: true }), signs)),
    [kind, signs, theme],
  );
}
