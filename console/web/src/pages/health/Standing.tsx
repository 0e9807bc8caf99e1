/** How a gateway or a commune is: a mark and a word. */
import { useWords } from "../../words/words";
import type { Standing } from "./board";
import { MARKS, STANDING_NAMES } from "./words";

export function StandingMark({ standing }: { standing: Standing }) {
  const { t } = useWords();
  return (
    <span className={`standing standing-${standing}`}>
      <span aria-hidden="true">{MARKS[standing]}</span> {t(STANDING_NAMES[standing])}
    </span>
  );
}
