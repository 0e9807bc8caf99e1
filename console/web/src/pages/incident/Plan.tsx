/** Plans of the floors that burn, with the points lit in the order in which they alarmed; a slider replays it. */
import { useEffect, useState } from "react";
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from "react-aria-components";

import { KEYS } from "../../app/keyTable";
import type { Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { useCenterNow } from "../../live/live";
import { Act } from "../../parts/Act";
import { written } from "../../time/written";
import { useWords } from "../../words/words";
import { useScene } from "./incident";
import { inOrder, stateAt } from "./replay";

type Point = Schemas["BurningPoint"];
type Floor = Schemas["FloorPlan"];

export function Plan({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const scene = useScene(fire.id).data;
  const [replayed, setReplayed] = useState<number | null>(null);
  const points = inOrder(scene?.burning.points ?? []);
  const step = replayed ?? points.length;
  if (scene === undefined) return null;
  return (
    <section aria-labelledby="plan-title">
      <h2 id="plan-title">{t("desk.plan.title")}</h2>
      {scene.burning.floors.length === 0 ? <p className="quiet">{t("desk.plan.none")}</p> : null}
      {scene.burning.floors.map((floor) => (
        <FloorPicture key={floor.floor} fire={fire} floor={floor} points={points} step={step} />
      ))}
      {points.length > 1 && scene.burning.floors.length > 0 ? (
        <Replay points={points} step={step} onStep={setReplayed} />
      ) : null}
    </section>
  );
}

interface FloorProps {
  fire: Fire;
  floor: Floor;
  points: readonly Point[];
  step: number;
}

function FloorPicture({ fire, floor, points, step }: FloorProps) {
  const { t, language } = useWords();
  const name = [floor.building, floor.name].filter(Boolean).join(", ");
  const base = `/api/v1/premises/${encodeURIComponent(fire.premises.id)}`;
  const source = `${base}/floors/${encodeURIComponent(floor.floor)}/plan.svg?lang=${language}`;
  return (
    <figure className="plan">
      <figcaption>{name}</figcaption>
      <div className="plan-picture">
        <img src={source} alt={t("desk.plan.picture", { name })} />
        {points.map((each, index) =>
          each.position?.floor !== floor.floor ? null : (
            <span
              key={`${each.gateway} ${each.point}`}
              className={`plan-point plan-${stateAt(index, step)}`}
              style={{ left: `${each.position.x * 100}%`, top: `${each.position.y * 100}%` }}
              title={each.place}
            >
              {index + 1}
            </span>
          ),
        )}
      </div>
    </figure>
  );
}

interface ReplayProps {
  points: readonly Point[];
  step: number;
  onStep: (step: number) => void;
}

function Replay({ points, step, onStep }: ReplayProps) {
  const { t, language } = useWords();
  const now = useCenterNow();
  const newest = points[step - 1];
  const said =
    newest === undefined
      ? t("desk.plan.before")
      : `${step}. ${newest.place}, ${written(newest.changed_at, now / 1_000, language)}`;
  return (
    <div className="replay">
      <Slider value={step} minValue={0} maxValue={points.length} onChange={onStep}>
        <Label>{t("desk.plan.replay")}</Label>
        <SliderOutput className="replay-said">{said}</SliderOutput>
        <SliderTrack className="replay-track">
          <SliderThumb className="replay-thumb" />
        </SliderTrack>
      </Slider>
      <Player step={step} last={points.length} onStep={onStep} />
    </div>
  );
}

/** Milliseconds for which each step of a replay is shown. */
const EACH = 1_000;

interface PlayerProps {
  step: number;
  last: number;
  onStep: (step: number) => void;
}

/** Lights the points one after the other; the key plays, and stops what plays. */
function Player({ step, last, onStep }: PlayerProps) {
  const { t } = useWords();
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    const timer = window.setTimeout(() => (step < last ? onStep(step + 1) : setPlaying(false)), EACH);
    return () => window.clearTimeout(timer);
  }, [playing, step, last, onStep]);
  const press = () => {
    if (!playing) onStep(0);
    setPlaying(!playing);
  };
  return (
    <Act label={t(playing ? "desk.plan.stop" : "desk.plan.play")} shortcut={KEYS.play} onAct={press} />
  );
}
