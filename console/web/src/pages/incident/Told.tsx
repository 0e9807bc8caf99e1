/** Who was told, by what: told, delivered, seen and answered are four states that never stand for one another. */
import type { Schemas } from "../../api/client";
import { usePeople } from "../../fires/people";
import type { Fire, Micros } from "../../live/events";
import { Hour } from "../../time/Hour";
import { failureInWords } from "../../words/coded";
import { useCodedWords, useWords, type Words } from "../../words/words";
import { answeredAt } from "./answered";
import { Call } from "./Call";

type Person = Schemas["PersonTold"];

export function Told({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const told = fire.told ?? [];
  return (
    <section aria-labelledby="told-title">
      <h2 id="told-title">{t("desk.told.title")}</h2>
      {told.length === 0 ? <p>{t("desk.told.nobody")}</p> : <Reached fire={fire} />}
      <ul className="told">
        {told.map((each) => (
          <PersonRow key={each.contact} person={each} />
        ))}
      </ul>
    </section>
  );
}

/** The center's own count, which the queue and the report show too. */
export function Reached({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const reached = fire.queue?.reached;
  return reached === undefined ? null : <p>{t("desk.queue.reached", { ...reached })}</p>;
}

function PersonRow({ person }: { person: Person }) {
  const words = useCodedWords();
  const { t, name } = words;
  const shown = usePeople();
  return (
    <li>
      <p>
        <strong>{shown(person.contact, person.name)}</strong>{" "}
        {person.phone === "" ? null : <Call phone={person.phone} name={person.name} />}
      </p>
      <dl className="states">
        <State label={t("desk.told.told")} at={person.told_at} />
        <State label={t("desk.told.delivered")} at={person.delivered_at} />
        <State label={t("desk.told.seen")} at={person.seen_at} />
        <State label={t("desk.told.answered")} at={answeredAt(person)} />
      </dl>
      {person.answers.map((each) => (
        <p key={`${each.at} ${each.over}`} className="said">
          {each.kind === null ? null : <b>{t(ANSWERS[each.kind])}</b>} {each.text}
          {each.people === null ? "" : ` (${each.people})`}
        </p>
      ))}
      <ul className="channels">
        {person.channels.map((each) => (
          <li key={each.channel}>
            {name("channel", each.channel)}: {channelState(each, words)}
          </li>
        ))}
      </ul>
    </li>
  );
}

const NOT_SET_UP = "not_set_up";

/** What became of the messages of one channel: one that waits is not one that failed. */
function channelState(over: Schemas["ToldOver"], words: Words): string {
  const { t, counted } = words;
  if (over.delivered_at !== null) return t("desk.told.over_delivered");
  if (over.failed === NOT_SET_UP) return t("desk.told.over_not_set_up");
  if (over.failed === null) return t("desk.told.over_waiting");
  const reason = failureInWords(over.failed, over.coded, words);
  return `${t("desk.told.over_failed", { reason })}, ${counted("desk.told.attempts", over.attempts)}`;
}

const ANSWERS = {
  seen: "desk.answer.seen",
  taken: "desk.answer.taken",
  real: "desk.answer.real",
  false: "desk.answer.false",
  checking: "desk.answer.checking",
  evacuating: "desk.answer.evacuating",
  people_inside: "desk.answer.people_inside",
} as const;

function State({ label, at }: { label: string; at: Micros | null }) {
  const { t } = useWords();
  return (
    <div className={at === null ? "state-open" : "state-done"}>
      <dt>{label}</dt>
      <dd>{at === null ? t("desk.told.not_yet") : <Hour at={at} label={label} />}</dd>
    </div>
  );
}
