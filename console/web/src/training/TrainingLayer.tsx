/** What a training adds to every page: the frame, the guide, and at its end how it went. */
import { useLocation } from "wouter";

import { incidentPath, useFires } from "../fires/fires";
import { useLive } from "../live/live";
import { TrainingFrame } from "./TrainingFrame";
import { TrainingGuide } from "./TrainingGuide";
import { TrainingResult } from "./TrainingResult";
import { isFramed, ownTraining, realFire } from "./training";
import { useWatched } from "./watched";
import "./training.css";

export function TrainingLayer() {
  const account = useLive((live) => live.who?.account ?? "");
  const fires = useFires();
  const [here] = useLocation();
  const training = ownTraining(fires, account);
  const [watched, putAway] = useWatched(training);
  const real = realFire(fires);
  const onItsPage = training !== null && here === incidentPath(training.id);
  return (
    <>
      {isFramed({ training, real, onItsPage }) ? <TrainingFrame /> : null}
      {training === null ? null : <TrainingGuide fire={training} real={real} onItsPage={onItsPage} />}
      {/* It waits while something really burns. */}
      {training === null && watched !== null && real === null ? (
        <TrainingResult watched={watched} onDone={putAway} />
      ) : null}
    </>
  );
}
