/** Lines of the readings of every detector of the zones in fire; the library that draws them is loaded for them. */
import { lazy, Suspense } from "react";

import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { Opened } from "./Opened";
import { useReadings, type Readings } from "./readings";

const Trace = lazy(() => import("./Trace"));

/** Lines that stand open: those of the first points in fire; the others are one press away. */
const SHOWN = 4;

export function Traces({ fire }: { fire: Fire }) {
  const { t, counted } = useWords();
  const { readings, failed } = useReadings(fire);
  return (
    <section aria-labelledby="traces-title">
      <h2 id="traces-title">{t("desk.traces.title")}</h2>
      {failed ? <p role="status">{t("desk.traces.failed")}</p> : null}
      {!failed && readings.length === 0 ? <p className="quiet">{t("desk.traces.none")}</p> : null}
      <Lines fire={fire} readings={readings.slice(0, SHOWN)} />
      {readings.length > SHOWN ? (
        <Opened title={counted("desk.traces.more", readings.length - SHOWN)}>
          <Lines fire={fire} readings={readings.slice(SHOWN)} />
        </Opened>
      ) : null}
    </section>
  );
}

function Lines({ fire, readings }: { fire: Fire; readings: readonly Readings[] }) {
  return (
    <Suspense>
      <div className="traces">
        {readings.map((each) => (
          <Trace key={`${each.point} ${each.quantity}`} readings={each} fire={fire} />
        ))}
      </div>
    </Suspense>
  );
}
