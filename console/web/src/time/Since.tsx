/** A moment: its hour, and how long ago that is; its *label* says what happened then. */
import { useCenterNow } from "../live/live";
import type { Micros } from "../live/events";
import { useWords, type Words } from "../words/words";
import { ageOf, written, writtenFull } from "./written";

interface SinceProps {
  at: Micros;
  label?: string;
}

export function Since({ at, label }: SinceProps) {
  const words = useWords();
  const now = useCenterNow();
  const full = writtenFull(at, words.language);
  return (
    <time
      dateTime={new Date(at / 1_000).toISOString()}
      className="since"
      title={label === undefined ? full : `${label}: ${full}`}
    >
      {label === undefined ? null : <span className="since-what">{label} </span>}
      <span className="since-hour">{written(at, now / 1_000, words.language)}</span>{" "}
      <span className="since-ago">({agoText((now - at) / 1_000_000, words)})</span>
    </time>
  );
}

/** *seconds* in the largest units that matter: a clock that runs by seconds is for what is due. */
export function agoText(seconds: number, { t, counted }: Words): string {
  const { unit, count, rest } = ageOf(seconds);
  switch (unit) {
    case "seconds":
      return t("desk.time.seconds", { count });
    case "minutes":
      return t("desk.time.minutes", { count });
    case "hours":
      return t("desk.time.hours", { count, minutes: rest });
    case "days":
      return counted("desk.time.days", count);
  }
}
