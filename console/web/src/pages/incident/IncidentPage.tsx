/** One incident on one page: what matters in the first minute needs no scrolling at a desk, and no tab. */
import { useLocation, useParams } from "wouter";

import { useKey } from "../../app/keys";
import { KEYS } from "../../app/keyTable";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { FirePage } from "./FirePage";
import { useIncident, useRefresh } from "./incident";
import { OtherPage } from "./OtherPage";
import "./incident.css";

export default function IncidentPage() {
  const { id } = useParams<{ id: string }>();
  // What a person has begun at one incident never goes on at another.
  return <OneIncident key={id} id={id} />;
}

function OneIncident({ id }: { id: string }) {
  const { t } = useWords();
  const [, go] = useLocation();
  // A sheet or a menu that is open is closed first: it takes the key.
  useKey(KEYS.back, t("desk.incident.back"), () => go("/"));
  useRefresh(id);
  const { incident, error } = useIncident(id);
  if (incident === undefined)
    return error === null ? <p role="status">{t("desk.loading")}</p> : <Refusal error={error} />;
  return incident.kind === "fire" ? <FirePage fire={incident} /> : <OtherPage incident={incident} />;
}
