/** The reasons in words, and what comes next if nobody acts. */
import type { Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { useCenterNow } from "../../live/live";
import { Hour } from "../../time/Hour";
import { written } from "../../time/written";
import { useWords } from "../../words/words";
import { useExplanation } from "./incident";

type Sentence = Schemas["ExplanationSentence"];

/** Sentences that stand on the first screen, from the first alarm on; the whole timeline is below. */
const SHOWN = 3;

export function Why({ fire }: { fire: Fire }) {
  const { t, name } = useWords();
  const explained = useExplanation(fire.id).data;
  // What a person did has no reason of its own: the sentences say who did it.
  const reason = name("decision", fire.reason);
  return (
    <>
      <section aria-labelledby="why-title">
        <h2 id="why-title">{t("desk.why.title")}</h2>
        {reason === fire.reason ? null : (
          <p>
            <strong>{name("phase", fire.phase)}</strong>: {reason}
          </p>
        )}
        <ol className="sentences">
          {explained?.explanation.slice(0, SHOWN).map((each) => (
            <SentenceRow key={`${each.at} ${each.text}`} sentence={each} />
          ))}
        </ol>
      </section>
      <section aria-labelledby="next-title">
        <h2 id="next-title">{t("desk.next.title")}</h2>
        {explained?.next.length === 0 ? <p className="quiet">{t("desk.next.nothing")}</p> : null}
        <ol className="sentences">
          {explained?.next.map((each) => (
            <Coming key={`${each.at} ${each.text}`} sentence={each} />
          ))}
        </ol>
      </section>
    </>
  );
}

export function SentenceRow({ sentence }: { sentence: Sentence }) {
  return (
    <li>
      <Hour at={sentence.at} /> <span>{sentence.text}</span>
    </li>
  );
}

function Coming({ sentence }: { sentence: Sentence }) {
  const { language } = useWords();
  const now = useCenterNow();
  return (
    <li>
      <time>{written(sentence.at, now / 1_000, language)}</time> <span>{sentence.text}</span>
    </li>
  );
}
