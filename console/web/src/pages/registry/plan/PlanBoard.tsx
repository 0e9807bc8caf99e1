/** The plan as a picture with what hangs on it: a click places what is chosen, marks are dragged or moved by keys. */
import { useRef, useState, type KeyboardEvent, type MouseEvent } from "react";

import { useWords } from "../../../words/words";
import { percent, type Placed, type Spot, type Thing } from "./placing";
import { PlanMark } from "./PlanMark";
import { stepOf } from "./steps";

interface BoardProps {
  picture: string | null;
  things: readonly Thing[];
  placed: readonly Placed[];
  chosen: Thing | undefined;
  isOutlined: boolean;
  onPlace: (spot: Spot, key?: string) => void;
  onMove: (key: string, by: Spot) => void;
  onChoose: (key: string) => void;
  onTakeAway: (key: string) => void;
}

const MIDDLE: Spot = { x: 0.5, y: 0.5 };

export function PlanBoard(props: BoardProps) {
  const { picture, things, placed, chosen, isOutlined, onPlace } = props;
  const { t } = useWords();
  const board = useRef<HTMLDivElement>(null);
  const [broken, setBroken] = useState("");
  const spotOf = (at: { clientX: number; clientY: number }): Spot => {
    const box = board.current?.getBoundingClientRect();
    if (box === undefined) return MIDDLE;
    return { x: (at.clientX - box.left) / box.width, y: (at.clientY - box.top) / box.height };
  };
  const called = (key: string) => things.find((each) => each.key === key)?.name ?? key;
  return (
    <div className="plan-board" ref={board}>
      {picture === null || picture === broken ? (
        <div className="plan-empty">{t("desk.registry.plan_empty")}</div>
      ) : (
        <img src={picture} alt="" draggable={false} onError={() => setBroken(picture)} />
      )}
      <Outlines placed={placed} />
      <Ground chosen={chosen} isOutlined={isOutlined} spotOf={spotOf} onPlace={onPlace} />
      {placed.map((each) => (
        <PlanMark
          key={each.thing}
          placed={each}
          name={called(each.thing)}
          isChosen={each.thing === chosen?.key}
          spotOf={spotOf}
          onDrop={(spot) => onPlace(spot, each.thing)}
          onMove={(by) => props.onMove(each.thing, by)}
          onChoose={() => props.onChoose(each.thing)}
          onTakeAway={() => props.onTakeAway(each.thing)}
        />
      ))}
    </div>
  );
}

interface GroundProps {
  chosen: Thing | undefined;
  isOutlined: boolean;
  spotOf: (at: { clientX: number; clientY: number }) => Spot;
  onPlace: (spot: Spot) => void;
}

/** All of the plan as one button: pressed by a pointer it places there, by a key at the sight that arrows move. */
function Ground({ chosen, isOutlined, spotOf, onPlace }: GroundProps) {
  const { t } = useWords();
  const [sight, setSight] = useState(MIDDLE);
  const at = { left: percent(sight.x), top: percent(sight.y) };
  const moved = (event: KeyboardEvent) => {
    const step = stepOf(event);
    if (step === null) return;
    event.preventDefault();
    const within = (value: number) => Math.min(1, Math.max(0, value));
    setSight({ x: within(sight.x + step.x), y: within(sight.y + step.y) });
  };
  const pressed = (event: MouseEvent) => {
    // A press by the keyboard has no place of its own.
    if (chosen !== undefined) onPlace(event.detail === 0 ? sight : spotOf(event));
  };
  const label =
    chosen === undefined
      ? t("desk.registry.plan_choose_first")
      : t(isOutlined ? "desk.registry.plan_corner_here" : "desk.registry.plan_place_here", {
          name: chosen.name,
          ...at,
        });
  return (
    <button
      type="button"
      className="plan-ground"
      aria-disabled={chosen === undefined}
      aria-label={label}
      onClick={pressed}
      onKeyDown={moved}
    >
      <span className="plan-sight" style={{ left: `${sight.x * 100}%`, top: `${sight.y * 100}%` }} />
      <span className="hidden" aria-live="polite">
        {chosen === undefined ? null : t("desk.registry.plan_sight", at)}
      </span>
    </button>
  );
}

/** The outlines of zones; what they are called stands at their marks. */
function Outlines({ placed }: { placed: readonly Placed[] }) {
  return (
    <svg className="plan-outlines" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {placed
        .filter((each) => each.outline.length > 0)
        .map((each) => (
          <polygon
            key={each.thing}
            points={each.outline.map(({ x, y }) => `${x},${y}`).join(" ")}
            vectorEffect="non-scaling-stroke"
          />
        ))}
    </svg>
  );
}
