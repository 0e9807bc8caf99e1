/** A policy as a line of time: whom it would notify if a fire were confirmed at a moment, and nobody acted. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api, type Schemas } from "../../../api/client";
import { Refusal } from "../../../parts/Refusal";
import { duration } from "../../../time/written";
import { useWords } from "../../../words/words";
import { localText, nextSundayAtTwo, withZone } from "./moments";

type Stage = Schemas["PolicyStageAt"];
type Recipient = Schemas["PolicyRecipient"];

export default function PolicyTimeline({ policy }: { policy: string }) {
  const { t } = useWords();
  const [at, setAt] = useState(() => nextSundayAtTwo(Date.now()));
  const [premises, setPremises] = useState("");
  const found = useQuery({
    queryKey: ["policy", policy, at, premises],
    queryFn: () =>
      answer(
        api.GET("/api/v1/policies/{policy}/recipients", {
          params: {
            path: { policy },
            query: { at: withZone(at), ...(premises === "" ? {} : { premises }) },
          },
        }),
      ),
    enabled: at !== "",
    placeholderData: (before) => before,
  });
  return (
    <section aria-labelledby="timeline-title" className="policy">
      <h2 id="timeline-title">{t("desk.registry.told_at")}</h2>
      <div className="acts">
        <label>
          {t("desk.registry.moment")}
          <input type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} />
        </label>
        <label>
          {t("desk.registry.at_premises")}
          <input value={premises} onChange={(event) => setPremises(event.target.value.trim())} />
        </label>
      </div>
      <Refusal error={found.error} />
      {found.data === undefined ? null : (
        <ol className="timeline">
          {found.data.stages.map((each, index) => (
            <StageLine key={index} stage={each} />
          ))}
          <li>
            <strong>{t("desk.registry.again_each", { time: duration(found.data.repeat_s) })}</strong>
            <People people={found.data.repeated} />
          </li>
        </ol>
      )}
    </section>
  );
}

function StageLine({ stage }: { stage: Stage }) {
  const { name } = useWords();
  return (
    <li>
      <strong>+{duration(stage.after_s)}</strong> <time>{localText(stage.at)}</time>{" "}
      {stage.when === "not_taken" ? null : <em>{name("value", `StageCondition.${stage.when}`)}</em>}
      <People people={stage.recipients} />
    </li>
  );
}

const CIRCLES = {
  premises: "desk.registry.people_of_premises",
  area: "desk.registry.team_of_area",
} as const;

function People({ people }: { people: readonly Recipient[] }) {
  const { t, name } = useWords();
  const called = (each: Recipient) =>
    each.contact === "premises" || each.contact === "area" ? t(CIRCLES[each.contact]) : each.name;
  return (
    <ul>
      {people.map((each, index) => (
        <li key={index}>
          {called(each)}
          {each.role === "" ? null : `, ${each.role}`}
          {each.roster === null
            ? null
            : ` (${t("desk.registry.by_roster", { roster: each.roster_name })})`}{" "}
          <span className="quiet">
            {each.channels.map((channel) => name("value", `ChannelKind.${channel}`)).join(", ")}
          </span>
        </li>
      ))}
    </ul>
  );
}
