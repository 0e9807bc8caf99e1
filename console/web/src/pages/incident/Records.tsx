/** Below the first minute: the whole timeline in words, the readings as a table, the signals as they were stored. */
import { useState, type ReactNode } from "react";

import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { useExplanation } from "./incident";
import { ReadingsTable } from "./ReadingsTable";
import { SignalTable } from "./SignalTable";
import { SentenceRow } from "./Why";

export function Records({ fire }: { fire: Fire }) {
  const { t, counted } = useWords();
  const sentences = useExplanation(fire.id).data?.explanation ?? [];
  return (
    <section aria-labelledby="records-title">
      <h2 id="records-title">{t("desk.records.title")}</h2>
      <details open>
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

/** What is asked for only once somebody opens it. */
function Opened({ title, children }: { title: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open ? children : null}
    </details>
  );
}
