/** The moment as of which a list is shown: one that is no longer renewed says so, and does not look calm. */
import { useNow } from "../time/now";
import { Since } from "../time/Since";
import { useWords } from "../words/words";

interface FreshnessProps {
  /** Milliseconds since 1970 of the last answer; 0 before the first. */
  at: number;
  /** Milliseconds after which what is shown is old. */
  limit?: number;
  /** Whether it is shown only where it is old: the page says the moment elsewhere. */
  onlyOld?: boolean;
}

export function Freshness({ at, limit = 45_000, onlyOld = false }: FreshnessProps) {
  const { t } = useWords();
  const { wall } = useNow();
  if (at === 0) return <p role="status">{t("desk.fresh.waiting")}</p>;
  const old = wall - at > limit;
  if (onlyOld && !old) return null;
  return (
    <p className={old ? "fresh fresh-old" : "fresh"} role={old ? "alert" : undefined}>
      {old ? t("desk.fresh.old") : t("desk.fresh.as_of")} <Since at={at * 1_000} />
    </p>
  );
}
