/** The line of one detector: half an hour before the fire, and since. */
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import type { Fire } from "../../live/events";
import { ZONE } from "../../time/written";
import { useWords } from "../../words/words";
import { measured } from "./figures";
import { quantityText } from "./quantities";
import { usePlaces, type Readings } from "./readings";

const SIZE = { width: 300, height: 110 } as const;

export default function Trace({ readings, fire }: { readings: Readings; fire: Fire }) {
  const { t, language } = useWords();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current === null) return;
    const chart = new UPlot(optionsOf(fire, box.current), dataOf(readings), box.current);
    return () => chart.destroy();
  }, [readings, fire.opened_at]); // eslint-disable-line react-hooks/exhaustive-deps -- the fire moves, its beginning does not
  const last = readings.v.at(-1);
  const place = usePlaces(fire).get(readings.point) ?? "";
  const said = last === undefined ? "" : measured(last, readings.unit, language);
  const burns = fire.points.some((each) => each.name === readings.point);
  return (
    <figure className={burns ? "trace trace-fire" : "trace"}>
      <figcaption>
        <strong>{place === "" ? readings.point : place}</strong>{" "}
        {place === "" ? null : <span className="quiet">{readings.point}</span>}{" "}
        {quantityText(readings.quantity, t)} <b>{said}</b>
      </figcaption>
      <div ref={box} aria-hidden="true" />
    </figure>
  );
}

const dataOf = ({ t, v }: Readings): UPlot.AlignedData => [t.map((each) => each / 1_000_000), v];

function optionsOf(fire: Fire, box: HTMLElement): UPlot.Options {
  const colour = (name: string) => getComputedStyle(box).getPropertyValue(name).trim();
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, size: 34 };
  return {
    ...SIZE,
    width: Math.max(box.clientWidth, 200),
    cursor: { show: false },
    legend: { show: false },
    axes: [{ ...axis, size: 24, space: 60, values: (_, hours) => hours.map(hourOf) }, axis],
    series: [{}, { stroke: colour("--text"), width: 1.5 }],
    hooks: { draw: [(chart) => drawBeginning(chart, fire.opened_at / 1_000_000, colour("--fire"))] },
  };
}

/** The hour of *seconds* since 1970 at the center: a browser elsewhere would write its own. */
const hourOf = (seconds: number): string =>
  new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: ZONE }).format(seconds * 1_000);

/** The moment at which the fire began, as an upright line. */
function drawBeginning(chart: UPlot, at: number, colour: string): void {
  const x = chart.valToPos(at, "x", true);
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
