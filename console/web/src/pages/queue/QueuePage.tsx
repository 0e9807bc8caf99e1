/** The queue: all open fires, the most urgent first. */
import { useLive } from "../../live/live";
import { useWords } from "../../words/words";

export default function QueuePage() {
  const { t, counted } = useWords();
  const open = useLive((live) => live.open);
  const fires = [...open.values()].filter((each) => each.kind === "fire");
  return (
    <section aria-labelledby="queue-title">
      <h1 id="queue-title">{t("desk.pages.queue")}</h1>
      <p>{counted("desk.queue.fires", fires.length)}</p>
    </section>
  );
}
