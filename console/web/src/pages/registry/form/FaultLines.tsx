/** Faults as the center names them, each with its remedy. */
import type { Fault } from "./values";

export function FaultLines({ faults, id }: { faults: readonly Fault[]; id?: string }) {
  if (faults.length === 0) return null;
  return (
    <ul className="faults" role="alert" id={id}>
      {faults.map((each, index) => (
        <li key={index}>
          {each.error}
          {each.remedy ? <span> → {each.remedy}</span> : null}
        </li>
      ))}
    </ul>
  );
}
