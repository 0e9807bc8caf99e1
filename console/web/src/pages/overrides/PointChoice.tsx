/** Zones and points of premises, to be chosen from what the registry has. */
import { Choices } from "../../parts/Choices";
import { useWords } from "../../words/words";
import { isCovered, type Order, type OrderPoint, type OrderZone } from "./order";

interface PointChoiceProps {
  zones: readonly OrderZone[];
  order: Order;
  onChange: (order: Order) => void;
}

export function PointChoice({ zones, order, onChange }: PointChoiceProps) {
  const { t } = useWords();
  const named = zones.filter((each) => each.id !== "");
  return (
    <div className="point-choice">
      <Choices
        label={t("desk.overrides.zones")}
        several
        options={named.map((each) => ({ value: each.id, label: each.name }))}
        chosen={order.zones}
        onChoose={(chosen) => onChange(withZones(order, chosen, zones))}
      />
      {zones.map((zone) => (
        <PointsOfZone key={zone.id} zone={zone} order={order} onChange={onChange} />
      ))}
    </div>
  );
}

/** *order* for the zones *chosen*: points that they cover need not be named as well. */
function withZones(order: Order, chosen: readonly string[], zones: readonly OrderZone[]): Order {
  const covered = new Set(
    zones
      .filter((each) => chosen.includes(each.id))
      .flatMap((each) => each.points.filter(isCovered).map((point) => point.id)),
  );
  return { ...order, zones: chosen, points: order.points.filter((each) => !covered.has(each)) };
}

interface PointsOfZoneProps {
  zone: OrderZone;
  order: Order;
  onChange: (order: Order) => void;
}

function PointsOfZone({ zone, order, onChange }: PointsOfZoneProps) {
  const { t } = useWords();
  const whole = order.zones.includes(zone.id);
  const left = zone.points.filter((each) => !(whole && isCovered(each)));
  if (left.length === 0) return null;
  const title =
    zone.id === "" ? t("desk.overrides.in_no_zone") : t("desk.overrides.in_zone", { name: zone.name });
  return (
    <details open={whole || left.some((each) => order.points.includes(each.id))}>
      <summary>{whole ? t("desk.overrides.call_points", { name: zone.name }) : title}</summary>
      <Choices
        label={title}
        several
        options={left.map((each) => ({ value: each.id, label: <PointText point={each} /> }))}
        chosen={order.points}
        onChoose={(chosen) => onChange({ ...order, points: chosen })}
      />
    </details>
  );
}

function PointText({ point }: { point: OrderPoint }) {
  const { name } = useWords();
  return (
    <>
      {point.place || point.id} · {name("detector", point.kind)}{" "}
      <span className="quiet">{point.id}</span>
    </>
  );
}
