/** The readings as a table: what the lines show, for who reads numbers, or cannot see lines. */
import type { Fire } from "../../live/events";
import { useCenterNow } from "../../live/live";
import { written } from "../../time/written";
import { useWords } from "../../words/words";
import { measured } from "./figures";
import { quantityText } from "./quantities";
import { useReadings } from "./readings";

/** Rows of a detector: the newest ones. */
const ROWS = 30;

export function ReadingsTable({ fire }: { fire: Fire }) {
  const { t, language, counted } = useWords();
  const now = useCenterNow();
  const { readings } = useReadings(fire);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways, also by keyboard
    <div className="wide" tabIndex={0} role="region" aria-label={t("desk.records.readings")}>
      <table>
        <caption>{counted("desk.records.newest", ROWS)}</caption>
        <thead>
          <tr>
            <th>{t("desk.records.point")}</th>
            <th>{t("desk.records.quantity")}</th>
            <th>{t("desk.records.time")}</th>
            <th>{t("desk.records.value")}</th>
          </tr>
        </thead>
        <tbody>
          {readings.flatMap((series) =>
            series.t.slice(-ROWS).map((at, index) => (
              <tr key={`${series.point} ${series.quantity} ${at}`}>
                <td>{series.point}</td>
                <td>{quantityText(series.quantity, t)}</td>
                <td>{written(at, now / 1_000, language)}</td>
                <td>{measured(series.v.slice(-ROWS)[index] ?? 0, series.unit, language)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}
