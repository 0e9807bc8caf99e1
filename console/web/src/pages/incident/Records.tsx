/** Below the first minute: the whole timeline in words, the readings as a table, the signals as they were stored. */
import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { useExplanation } from "./incident";
import { Opened } from "./Opened";
import { ReadingsTable } from "./ReadingsTable";
import { SignalTable } from "./SignalTable";
import { SentenceRow } from "./Why";

export function Records({ fire }: { fire: Fire }) {
  const { t, counted } = useWords();
  const sentences = useExplanation(fire.id).data?.explanation ?? [];
  return (
    <section aria-labelledby="records-title">
      <h2 id="records-title">{t("desk.records.title")}</h2>
      <details>
        <summary>{counted("desk.records.timeline", sentences.length)}</summary>
        <ol className="sentences">
          {sentences.map((each) => (
            <SentenceRow key={`${each.at} ${each.text}`} sentence={each} />
          ))}
        </ol>
      </details>
      <Opened title={t("desk.records.readings")}>
        <ReadingsTable fire={fire} />
      </Opened>
      <Opened title={t("desk.records.signals")}>
        <SignalTable fire={fire} />
      </Opened>
    </section>
  );
}
