/** The trial alarms that the center sends itself: whether an alarm would travel, hop by hop. */
import { useQuery } from "@tanstack/react-query";

import { answer, api, type Schemas } from "../../api/client";
import { Freshness } from "../../parts/Freshness";
import { Refusal } from "../../parts/Refusal";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { isLate, shortTime } from "./rounds";

/** Milliseconds between two looks. */
const LOOK_EACH = 10_000;

export function TrialAlarms() {
  const { t } = useWords();
  const rounds = useQuery({
    queryKey: ["synthetic-fire"],
    queryFn: () => answer(api.GET("/api/v1/synthetic-fire", {})),
    refetchInterval: LOOK_EACH,
  });
  return (
    <section
      aria-labelledby="trial-alarms-title"
      className={isBad(rounds.data) ? "lost-of-sent bad" : "lost-of-sent"}
    >
      <h2 id="trial-alarms-title">{t("desk.health.trial_alarms")}</h2>
      <Refusal error={rounds.error} />
      {rounds.data === undefined ? null : <Rounds rounds={rounds.data} />}
      <Freshness at={rounds.dataUpdatedAt} />
    </section>
  );
}

type Rounds = Schemas["SyntheticFire"];
type Round = Schemas["SyntheticRound"];

const isBad = (rounds: Rounds | undefined): boolean =>
  rounds !== undefined && (rounds.fault !== null || isLate(rounds, Date.now() * 1_000));

function Rounds({ rounds }: { rounds: Rounds }) {
  const { t, counted, name } = useWords();
  if (rounds.every_s === 0) return <p className="bad">{t("desk.health.trial_off")}</p>;
  return (
    <>
      {rounds.fault === null ? null : (
        <p className="bad">{t("desk.health.trial_fault", { hop: name("hop", rounds.fault) })}</p>
      )}
      {rounds.last === null ? <p>{t("desk.health.trial_none")}</p> : <LastRound round={rounds.last} />}
      {rounds.last?.lost_at == null || rounds.completed_at === null ? null : (
        <p>
          {t("desk.health.trial_completed")} <Since at={rounds.completed_at} />
        </p>
      )}
      <p className="quiet">
        {counted("desk.health.trial_rounds", rounds.rounds, { lost: rounds.lost })}
      </p>
    </>
  );
}

function LastRound({ round }: { round: Round }) {
  const { t, name } = useWords();
  return (
    <>
      <p className="figure">
        {round.lost_at === null
          ? t("desk.health.trial_passed", { time: shortTime(round.seconds ?? 0) })
          : t("desk.health.trial_lost", { hop: name("hop", round.lost_at) })}
      </p>
      <p>
        {t("desk.health.trial_last")} <Since at={round.at} />
      </p>
      <ul className="hops">
        {round.hops.map((each) => (
          <li key={each.hop} className={each.seconds === null ? "bad" : undefined}>
            {name("hop", each.hop)}{" "}
            <b>{each.seconds === null ? t("desk.health.trial_not_passed") : shortTime(each.seconds)}</b>
            {each.usual_s === null ? null : (
              <span className="quiet">
                {" "}
                {t("desk.health.trial_usual", { time: shortTime(each.usual_s) })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
