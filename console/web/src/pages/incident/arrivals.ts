/** Which forces a report from the scene says are there: never more than the person means. Pure. */
import type { Schemas } from "../../api/client";
import type { Fire } from "../../live/events";

type Force = Fire["forces"][number];
type Named = Pick<Schemas["StepRequest"], "units" | "means" | "whom">;

/** The forces of *fire* that were sent, and are not there yet. */
export const underWay = (fire: Fire): Force[] => fire.forces.filter((each) => each.state !== "on_scene");

/** The key of a force among all: the registry and a person's words may use the same. */
export const keyOfForce = ({ kind, id }: Force): string => `${kind} ${id}`;

/** *there* as a request names them: the center marks all where none is named. */
export function namedOf(there: readonly Force[]): Named {
  const ids = (kind: Force["kind"]) => there.filter((each) => each.kind === kind).map(({ id }) => id);
  return { units: ids("unit"), means: ids("means"), whom: ids("named")[0] ?? "" };
}

/** Whether one request can say that *there* arrived: it names one force in words at most. */
export const canBeNamed = (there: readonly Force[]): boolean =>
  there.filter((each) => each.kind === "named").length <= 1;
