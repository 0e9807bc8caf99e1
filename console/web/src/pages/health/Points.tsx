/** Points by state, the worst first; what is not heard stands by itself, never among the normal ones. */
import { useWords } from "../../words/words";
import { POINT_STATES, type PointCounts } from "./board";
import { POINT_NAMES } from "./words";

export function Points({ counts }: { counts: PointCounts }) {
  const { t } = useWords();
  const there = POINT_STATES.filter((each) => (counts[each] ?? 0) > 0);
  if (there.length === 0) return <span className="quiet">{t("desk.health.points_unknown")}</span>;
  return (
    <ul className="points">
      {there.map((each) => (
        <li key={each} className={`point point-${each}`}>
          <b>{counts[each]}</b> {t(POINT_NAMES[each])}
        </li>
      ))}
    </ul>
  );
}
