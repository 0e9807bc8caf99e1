/** A zone or a point where it hangs on the plan: dragged, or moved by the arrow keys. */
import { useState, type KeyboardEvent, type PointerEvent } from "react";

import { useWords } from "../../../words/words";
import { percent, type Placed, type Spot } from "./placing";
import { stepOf } from "./steps";

interface MarkProps {
  placed: Placed;
  name: string;
  isChosen: boolean;
  spotOf: (at: { clientX: number; clientY: number }) => Spot;
  onDrop: (spot: Spot) => void;
  onMove: (by: Spot) => void;
  onChoose: () => void;
  onTakeAway: () => void;
}

/** Pixels below which a finger that trembles moves nothing. */
const TREMBLE = 4;

interface Drag {
  from: { x: number; y: number };
  at: Spot | null;
}

export function PlanMark(props: MarkProps) {
  const { placed, name, isChosen, spotOf } = props;
  const { t } = useWords();
  const [drag, setDrag] = useState<Drag | null>(null);
  const spot = drag?.at ?? placed;
  const begin = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from: { x: event.clientX, y: event.clientY }, at: null });
  };
  const go = (event: PointerEvent) => {
    if (drag === null) return;
    const far = Math.hypot(event.clientX - drag.from.x, event.clientY - drag.from.y) > TREMBLE;
    if (far || drag.at !== null) setDrag({ ...drag, at: spotOf(event) });
  };
  const end = () => {
    if (drag?.at != null) props.onDrop(drag.at);
    setDrag(null);
  };
  const pressed = (event: KeyboardEvent) => {
    const step = stepOf(event);
    if (step !== null) props.onMove(step);
    else if (event.key === "Delete" || event.key === "Backspace") props.onTakeAway();
    else return;
    event.preventDefault();
  };
  const kind = placed.thing.startsWith("zone/") ? "zone" : "point";
  const at = { name, left: percent(spot.x), top: percent(spot.y) };
  return (
    <button
      type="button"
      className={`plan-mark plan-mark-${kind} ${spot.x > 0.6 ? "plan-mark-left" : ""}`}
      style={{ left: `${spot.x * 100}%`, top: `${spot.y * 100}%` }}
      aria-pressed={isChosen}
      aria-label={t("desk.registry.plan_at", at)}
      onPointerDown={begin}
      onPointerMove={go}
      onPointerUp={end}
      onPointerCancel={() => setDrag(null)}
      onClick={props.onChoose}
      onKeyDown={pressed}
    >
      <span className="plan-name" aria-hidden="true">
        {name}
      </span>
    </button>
  );
}
