/** A moment: how long ago, and its hour. */
import type { Micros } from "../live/events";
import { useCenterNow } from "../live/live";
import { useWords } from "../words/words";
import { duration, written } from "./written";

export function Since({ at }: { at: Micros }) {
  const { language } = useWords();
  const now = useCenterNow();
  const hour = written(at, now / 1_000, language);
  return (
    <time dateTime={new Date(at / 1_000).toISOString()} className="since">
      <span className="since-ago">{duration((now - at) / 1_000_000)}</span> <span>{hour}</span>
    </time>
  );
}
