/** The proposal to close a fire that waits for a second person: whose, since when, and with which outcome. */
import type { Fire } from "../../live/events";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";

export function Proposal({ fire }: { fire: Fire }) {
  const { t, name } = useWords();
  if (fire.closing === null) return null;
  const { by, outcome, cause, since } = fire.closing;
  return (
    <p>
      {t("desk.incident.closing", { by, outcome: name("outcome", outcome) })}
      {cause === null ? null : ` ${t("desk.close.cause")}: ${name("cause", cause)}.`}{" "}
      {since === 0 ? null : <Since at={since} label={t("desk.close.waits_since")} />}
    </p>
  );
}
