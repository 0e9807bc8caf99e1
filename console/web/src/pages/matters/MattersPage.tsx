/** What is no fire, each kind in a list of its own: faults, supervisory signals, overrides, and what was closed. */
import { useQuery } from "@tanstack/react-query";
import { memo, useMemo } from "react";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import { CLOSED_KEY } from "../../fires/cleared";
import { incidentPath } from "../../fires/fires";
import type { Incident } from "../../live/events";
import { useLive } from "../../live/live";
import { LongList } from "../../parts/LongList";
import { Refusal } from "../../parts/Refusal";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { mattersOf } from "./lists";
import "./matters.css";

/** Closed incidents that one look asks for. */
const CLOSED = 100;

/** Pixels of a row that is not measured yet. */
const HEIGHT = 61;

const idOfIncident = (incident: Incident): string => incident.id;

export default function MattersPage() {
  const { t, counted } = useWords();
  const open = useLive((live) => live.open);
  const lists = useMemo(() => mattersOf(open.values()), [open]);
  return (
    <section aria-labelledby="matters-title" className="matters">
      <h1 id="matters-title">{t("desk.pages.matters")}</h1>
      <List title={counted("desk.matters.faults", lists.fault.length)} incidents={lists.fault} />
      <List
        title={counted("desk.matters.supervisory", lists.supervisory.length)}
        incidents={lists.supervisory}
      />
      <List
        title={counted("desk.matters.overrides", lists.override.length)}
        incidents={lists.override}
      />
      <Closed />
    </section>
  );
}

function Closed() {
  const { t } = useWords();
  const asked = useQuery({
    queryKey: [...CLOSED_KEY, "all"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/incidents", {
          params: { query: { state: "closed", kind: "all", limit: CLOSED } },
        }),
      ),
  });
  const found = asked.data;
  const title =
    found === undefined || found.total <= found.incidents.length
      ? t("desk.matters.closed")
      : t("desk.matters.closed_of", { count: found.incidents.length, total: found.total });
  return (
    <>
      <Refusal error={asked.error} />
      <List title={title} incidents={found?.incidents ?? []} />
    </>
  );
}

function List({ title, incidents }: { title: string; incidents: readonly Incident[] }) {
  return (
    <details open className="matter-list">
      <summary>
        <h2>{title}</h2>
      </summary>
      <LongList items={incidents} keyOf={idOfIncident} height={HEIGHT}>
        {(each) => <Matter incident={each} />}
      </LongList>
    </details>
  );
}

const Matter = memo(function Matter({ incident }: { incident: Incident }) {
  const { t, name } = useWords();
  const end = incident.closed_at ?? null;
  return (
    <Link href={incidentPath(incident.id)} className="matter">
      <span>
        {name("case", incident.kind)} · {name("phase", incident.phase)}
        {incident.outcome === null ? "" : ` · ${name("outcome", incident.outcome)}`}
      </span>
      <span>
        <strong>{incident.premises.name}</strong> {incident.premises.address}
      </span>
      <span>{whatOf(incident, name)}</span>
      <span>
        {incident.owner === null
          ? t("desk.queue.nobody")
          : t("desk.queue.owner", { name: incident.owner })}
      </span>
      <Since at={end ?? incident.opened_at} />
    </Link>
  );
});

/** The first thing that is out of order, and how many more there are. */
function whatOf(incident: Incident, name: (family: string, member: string) => string): string {
  if (incident.kind === "fire" && incident.outcome === "cleared")
    return name("decision", incident.reason);
  if (!("conditions" in incident)) return "";
  const standing = incident.conditions.filter((each) => each.restored_at === null);
  const [first] = standing.length > 0 ? standing : incident.conditions;
  if (first === undefined) return "";
  const more = incident.conditions.length + incident.more_conditions - 1;
  const said = `${first.name === "" ? first.gateway : first.name}: ${name("reason", first.reason)}`;
  return more > 0 ? `${said} (+${more})` : said;
}
