/** Lines of the readings of every detector of the zones in fire; the library that draws them is loaded for them. */
import { lazy, Suspense } from "react";

import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { useReadings } from "./readings";

const Trace = lazy(() => import("./Trace"));

export function Traces({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const { readings, failed } = useReadings(fire);
  return (
    <section aria-labelledby="traces-title">
      <h2 id="traces-title">{t("desk.traces.title")}</h2>
      {failed ? <p role="status">{t("desk.traces.failed")}</p> : null}
      {!failed && readings.length === 0 ? <p className="quiet">{t("desk.traces.none")}</p> : null}
      <Suspense>
        <div className="traces">
          {readings.map((each) => (
            <Trace key={`${each.point} ${each.quantity}`} readings={each} fire={fire} />
          ))}
        </div>
      </Suspense>
    </section>
  );
}
