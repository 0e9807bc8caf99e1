/** A moment: how long ago, and its hour. */
import type { Micros } from "../live/events";
import { useWords } from "../words/words";
import { useNow } from "./now";
import { duration, written } from "./written";

export function Since({ at }: { at: Micros }) {
  const { language } = useWords();
  const { wall } = useNow();
  const hour = written(at, wall, language);
  return (
    <time dateTime={new Date(at / 1_000).toISOString()} className="since">
      <span className="since-ago">{duration(wall / 1_000 - at / 1_000_000)}</span> <span>{hour}</span>
    </time>
  );
}
