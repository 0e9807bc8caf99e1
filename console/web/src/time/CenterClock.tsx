/** The present moment by the clock of the center: all times on the page are read against it. */
import { useCenterNow } from "../live/live";
import { useWords } from "../words/words";
import { writtenDate, writtenFull, writtenHour } from "./written";

export function CenterClock() {
  const { t, language } = useWords();
  const now = useCenterNow();
  return (
    <time
      className="center-clock"
      dateTime={new Date(now / 1_000).toISOString()}
      title={`${t("desk.time.center")}: ${writtenFull(now, language)}`}
    >
      <span className="unseen">{t("desk.time.center")}</span>
      <b>{writtenHour(now, language)}</b> <span>{writtenDate(now, language)}</span>
    </time>
  );
}
