/** What was pressed on the map: calm premises, or a station, water, an engine or boat. */
import { Link } from "wouter";

import { useWords } from "../../words/words";
import { useResources } from "./data";
import type { Chosen } from "./MapPage";
import type { Place } from "./places";
import type { Resource } from "./resources";

export function ChosenThing({ chosen, places }: { chosen: Chosen | null; places: readonly Place[] }) {
  const resources = useResources().data ?? [];
  const place = chosen?.kind === "place" ? places.find((each) => each.id === chosen.key) : undefined;
  const resource =
    chosen?.kind === "resource" ? resources.find((each) => each.key === chosen.key) : undefined;
  return (
    <div role="status" className="chosen-thing">
      {place === undefined ? null : <CalmPlace place={place} />}
      {resource === undefined ? null : <ResourceText resource={resource} />}
    </div>
  );
}

function CalmPlace({ place }: { place: Place }) {
  const { t } = useWords();
  return (
    <p>
      <Link href={`/registry/premises/${place.id}`}>{place.name}</Link> · {t("desk.map.state_calm")}
    </p>
  );
}

export function ResourceText({ resource }: { resource: Resource }) {
  const { t, name } = useWords();
  return (
    <p>
      <b>{resource.name}</b> · {name(...resource.named)}
      {resource.usable ? null : <b> · {t("desk.map.not_usable")}</b>}
      {resource.ready.length === 0
        ? null
        : ` · ${t("desk.map.ready_here", { names: resource.ready.join(", ") })}`}
    </p>
  );
}
