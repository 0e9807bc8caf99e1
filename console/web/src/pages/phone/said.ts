/** What a person said about a fire, as the center has stored it. Pure. */
import type { Fire } from "../../live/events";

/** What is said by one press, the most urgent first. */
export const SAID = ["real", "checking", "false", "evacuating"] as const;
export type Said = (typeof SAID)[number];

interface Stored {
  answer: Said | "people_inside";
  at: number;
  people?: number | null;
}

const isInformation = (answer: string): answer is Stored["answer"] =>
  answer === "people_inside" || (SAID as readonly string[]).includes(answer);

/** The latest answers of *me*, by name, to each question about *fire*. */
export function lastSaid(fire: Pick<Fire, "answers">, me: string): Stored[] {
  return fire.answers.flatMap(({ by, answer, at, people }) =>
    by === me && isInformation(answer) ? [{ answer, at, people: people ?? null }] : [],
  );
}

/** The number of people that *text* says; null where it is none that the center takes. */
export function peopleOf(text: string): number | null {
  const trimmed = text.trim();
  return /^\d{1,4}$/u.test(trimmed) ? Number(trimmed) : null;
}
