/** The people and places that messages of the center do not reach. */
import { useLive } from "../../live/live";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { failingDestinations } from "./board";

export function FailingDestinations() {
  const { t, counted, name } = useWords();
  const open = useLive((live) => live.open);
  const failing = failingDestinations(open.values());
  return (
    <section aria-labelledby="failing-title">
      <h2 id="failing-title">{t("desk.health.deliveries")}</h2>
      <p>
        {failing.length === 0
          ? t("desk.health.all_reached")
          : counted("desk.health.failing", failing.length)}
      </p>
      <ul>
        {failing.map((each) => (
          <li key={`${each.destination}/${each.channel}`}>
            <b>{each.destination}</b> {name("channel", each.channel)} <Since at={each.since} />
          </li>
        ))}
      </ul>
    </section>
  );
}
