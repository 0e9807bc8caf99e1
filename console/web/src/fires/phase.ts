/** A fire in words: one that nobody confirmed stays a suspicion, whoever has taken it. */
import type { Fire } from "../live/events";
import type { Words } from "../words/words";

type Named = Pick<Fire, "phase" | "confirmed_at">;

/** Whether *fire* is not confirmed yet, though its phase says something else by now. */
export const isOnlySuspected = ({ phase, confirmed_at }: Named): boolean =>
  confirmed_at === null && phase !== "closed" && phase !== "confirmed";

/** The phase of *fire*, behind the word of a suspicion where it is one and its phase does not say so. */
export function phaseText(fire: Named, { name }: Words): string {
  const phase = name("phase", fire.phase);
  if (!isOnlySuspected(fire) || fire.phase === "suspected") return phase;
  return `${name("phase", "suspected")}: ${phase}`;
}

/** What it is, and its phase: "fire: confirmed", "suspected fire: acknowledged". */
export function headText(fire: Named, words: Words): string {
  if (isOnlySuspected(fire)) return phaseText(fire, words);
  return `${words.name("case", "fire")}: ${words.name("phase", fire.phase)}`;
}
