/** The hour of a moment, where what happened stands beside it and lines are short; the day and the age are its title. */
import { useCenterNow } from "../live/live";
import type { Micros } from "../live/events";
import { useWords } from "../words/words";
import { agoText } from "./Since";
import { written, writtenFull } from "./written";

export function Hour({ at, label = "" }: { at: Micros; label?: string }) {
  const words = useWords();
  const now = useCenterNow();
  const ago = agoText((now - at) / 1_000_000, words);
  const said = `${writtenFull(at, words.language)} (${ago})`;
  return (
    <time
      dateTime={new Date(at / 1_000).toISOString()}
      className="since-hour"
      title={label === "" ? said : `${label}: ${said}`}
    >
      {written(at, now / 1_000, words.language)}
    </time>
  );
}
