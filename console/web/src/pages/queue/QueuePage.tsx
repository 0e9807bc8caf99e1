/** The queue: all open fires, the most urgent first; none is paged, filtered or hidden. */
import { KEYS } from "../../app/keyTable";
import { useFires, useOwnFires } from "../../fires/fires";
import { useCenterNow } from "../../live/live";
import { KeyHint } from "../../parts/KeyHint";
import { useWords } from "../../words/words";
import { Cleared } from "./Cleared";
import { FireList } from "./FireList";
import { countsOf } from "./counts";
import "./queue.css";

export default function QueuePage() {
  const { t, counted } = useWords();
  const fires = useFires();
  const own = useOwnFires().length;
  return (
    <section aria-labelledby="queue-title" className="queue">
      <h1 id="queue-title">{counted("desk.queue.fires", own)}</h1>
      {own === 0 ? <p className="calm">{t("desk.queue.calm")}</p> : <Counts />}
      <FireList fires={fires} />
      <Cleared />
      <KeyHint
        hints={[
          [["ArrowUp", "ArrowDown", KEYS.up, KEYS.down], t("desk.queue.choose")],
          [[KEYS.send], t("desk.queue.open")],
          [[KEYS.allKeys], t("desk.keys.title")],
        ]}
      />
    </section>
  );
}

/** What waits among the fires, in numbers: they hold also for the rows that are beyond the screen. */
function Counts() {
  const { counted } = useWords();
  const counts = countsOf(useFires(), useCenterNow());
  return (
    <ul className="queue-counts">
      <li className={counts.overdue > 0 ? "overdue" : ""}>
        {counted("desk.queue.overdue", counts.overdue)}
      </li>
      <li>{counted("desk.queue.waiting", counts.waiting)}</li>
      <li>{counted("desk.queue.taken", counts.taken)}</li>
      {counts.drills > 0 ? <li>{counted("desk.queue.drills", counts.drills)}</li> : null}
    </ul>
  );
}
