/** Why a change of the registry was refused: in words, and each row that is wrong with its remedy. */
import { Refusal } from "../../../parts/Refusal";
import { faultsOf } from "../draft/working";
import { FaultLines } from "./FaultLines";

export function RefusedRows({ error }: { error: Error | null }) {
  return (
    <>
      <Refusal error={error} />
      <FaultLines faults={faultsOf(error)} />
    </>
  );
}
