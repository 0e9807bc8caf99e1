/** A policy as a line of time: whom it would notify if a fire were confirmed at a moment, and nobody acted. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api, type Schemas } from "../../../api/client";
import { Act } from "../../../parts/Act";
import { Refusal } from "../../../parts/Refusal";
import { duration } from "../../../time/written";
import { useWords } from "../../../words/words";
import { useChoices } from "../data";
import { localMoment, localText, nextSundayAtTwo, shares, withZone } from "./moments";

type Stage = Schemas["PolicyStageAt"];
type Recipient = Schemas["PolicyRecipient"];

export default function PolicyTimeline({ policy }: { policy: string }) {
  const { t } = useWords();
  const [at, setAt] = useState(() => localMoment(Date.now()));
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
      <Asked at={at} premises={premises} onAt={setAt} onPremises={setPremises} />
      <Refusal error={found.error} />
      {found.data === undefined ? null : <TimeAxis stages={found.data.stages} />}
      {found.data === undefined ? null : (
        <ol className="timeline" aria-label={t("desk.registry.time_line")}>
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

interface AskedProps {
  at: string;
  premises: string;
  onAt: (at: string) => void;
  onPremises: (premises: string) => void;
}

/** The moment and the place for which the question is asked. */
function Asked({ at, premises, onAt, onPremises }: AskedProps) {
  const { t } = useWords();
  const places = useChoices("premises", undefined);
  return (
    <div className="acts">
      <label>
        {t("desk.registry.moment")}
        <input type="datetime-local" value={at} onChange={(event) => onAt(event.target.value)} />
      </label>
      <label>
        {t("desk.registry.at_premises")}
        <select value={premises} onChange={(event) => onPremises(event.target.value)}>
          <option value="">—</option>
          {places.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <Act label={t("desk.registry.at_now")} onAct={() => onAt(localMoment(Date.now()))} />
      <Act label={t("desk.registry.at_sunday")} onAct={() => onAt(nextSundayAtTwo(Date.now()))} />
    </div>
  );
}

/** The stages at their times; the list below says the same in words. */
function TimeAxis({ stages }: { stages: readonly Stage[] }) {
  return (
    <div className="time-axis" aria-hidden="true">
      {shares(stages.map((each) => each.after_s)).map((share, index) => (
        <span key={index} style={{ left: `${share * 100}%` }}>
          +{duration(stages[index]?.after_s ?? 0)}
        </span>
      ))}
    </div>
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
    <ul className="people">
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
