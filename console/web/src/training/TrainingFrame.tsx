/** The mark over every pixel of a page in a training: a frame, and the words all over it. */
import { useWords } from "../words/words";

/** Lines of the words, and how often each has them: more than fit on any screen. */
const LINES = Array.from({ length: 16 }, (_, line) => line);
const TIMES = 12;

export function TrainingFrame() {
  const { t } = useWords();
  const words = t("desk.training.mark");
  return (
    <div className="training-frame" aria-hidden="true">
      <div className="training-words">
        {LINES.map((line) => (
          // Drawn, and no text: it decorates, and nobody reads it at this contrast.
          <div key={line} data-words={`${words}   `.repeat(TIMES)} />
        ))}
      </div>
      <b className="training-label training-top">{words}</b>
      <b className="training-label training-bottom">{words}</b>
    </div>
  );
}
