/** The ledger in one line: how many signals of all that gateways sent are in no known place. */
import type { Ledger } from "../../data/center";
import { Freshness } from "../../parts/Freshness";
import { useWords } from "../../words/words";

export function LostOfSent({ ledger, at }: { ledger: Ledger | undefined; at: number }) {
  const { t } = useWords();
  if (ledger === undefined) return null;
  const { missing, sent, waiting, quarantined } = ledger.summary;
  return (
    <div className={missing > 0 ? "lost-of-sent bad" : "lost-of-sent"}>
      <p className="figure">{t("desk.health.lost_of", { missing, sent })}</p>
      <p>{t("desk.health.elsewhere", { waiting, quarantined })}</p>
      <Freshness at={at} />
    </div>
  );
}
