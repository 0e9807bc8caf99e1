/** Faults in the reader's words, each with its remedy. */
import { faultInWords } from "../../../words/coded";
import { useCodedWords } from "../../../words/words";
import type { Fault } from "./values";

export function FaultLines({ faults, id }: { faults: readonly Fault[]; id?: string }) {
  if (faults.length === 0) return null;
  return (
    <ul className="faults" role="alert" id={id}>
      {faults.map((each, index) => (
        <FaultLine key={index} fault={each} />
      ))}
    </ul>
  );
}

function FaultLine({ fault }: { fault: Fault }) {
  const { error, remedy } = faultInWords(fault, useCodedWords());
  return (
    <li>
      {error}
      {remedy ? <span> → {remedy}</span> : null}
    </li>
  );
}
