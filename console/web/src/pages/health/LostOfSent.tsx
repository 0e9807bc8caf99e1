/** A ledger in one line: how much of all that gateways sent is in no known place. */
import type { Ledger } from "../../data/center";
import { Freshness } from "../../parts/Freshness";
import { useWords } from "../../words/words";

const TEXTS = {
  signals: { title: "desk.health.ledger_signals", lost: "desk.health.lost_of" },
  readings: { title: "desk.health.ledger_readings", lost: "desk.health.batches_lost_of" },
} as const;

interface LostProps {
  lane: keyof typeof TEXTS;
  ledger: Ledger | undefined;
  at: number;
}

export function LostOfSent({ lane, ledger, at }: LostProps) {
  const { t } = useWords();
  const { title, lost } = TEXTS[lane];
  const summary = ledger?.summary;
  return (
    <section
      aria-labelledby={`ledger-${lane}`}
      className={(summary?.missing ?? 0) > 0 ? "lost-of-sent bad" : "lost-of-sent"}
    >
      <h2 id={`ledger-${lane}`}>{t(title)}</h2>
      {/* What is not known is not nothing: a zero is shown where somebody counted. */}
      <p className="figure">
        {summary === undefined
          ? t("desk.health.unknown")
          : t(lost, { missing: summary.missing, sent: summary.sent })}
      </p>
      {summary === undefined ? null : (
        <p>
          {t("desk.health.elsewhere", {
            waiting: summary.waiting,
            quarantined: summary.quarantined,
          })}
        </p>
      )}
      <Freshness at={at} onlyOld />
    </section>
  );
}
