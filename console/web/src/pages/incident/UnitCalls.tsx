/** Whom to telephone of the forces that are sent, and what Tocsin told each of them of the fire by itself. */
import type { Fire } from "../../live/events";
import { useWords, type Words } from "../../words/words";
import { Call } from "./Call";
import { notCalled, type Called } from "./called";
import { useScene } from "./incident";
import { unitsOf } from "./units";

interface UnitCallsProps {
  calls: readonly Called[];
  fire: Fire;
}

/** The people of each force with their numbers. */
export function UnitCalls({ calls, fire }: UnitCallsProps) {
  const words = useWords();
  return (
    <ul className="people unit-calls">
      {calls.map((each) => (
        <li key={each.id}>
          <strong>{each.name}</strong>
          {each.people.length === 0 ? <span>{words.t("desk.dispatch.no_people")}</span> : null}
          {each.people.map((person) => (
            <span key={person.contact} className="unit-call">
              <span>
                {person.name}: {toldText(person.contact, fire, words)}
              </span>
              <Call phone={person.phone} name={person.name} />
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** What stands below the acts while forces are under way that nobody is known to have telephoned. */
export function StillToCall({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const calls = notCalled(fire, unitsOf(useScene(fire.id).data));
  if (fire.closed_at !== null || calls.length === 0) return null;
  return (
    <section aria-labelledby="to-call-title" className="to-call">
      <h2 id="to-call-title">{t("desk.dispatch.to_call")}</h2>
      <p>{t("desk.dispatch.not_sent")}</p>
      <UnitCalls calls={calls} fire={fire} />
    </section>
  );
}

/** The fire was told to *contact*, or not; an order to go is never among what Tocsin tells. */
function toldText(contact: string, fire: Fire, { t, name }: Words): string {
  const channels = fire.told?.find((each) => each.contact === contact)?.channels ?? [];
  if (channels.length === 0) return t("desk.dispatch.untold");
  const got = channels.filter((each) => each.delivered_at !== null);
  const named = (got.length > 0 ? got : channels).map((each) => name("channel", each.channel));
  const key = got.length > 0 ? "desk.dispatch.told_fire" : "desk.dispatch.telling_fire";
  return t(key, { channels: named.join(", ") });
}
