/** Says what the center refused, in its words, or that it did not answer. */
import { Refused } from "../api/client";
import { useWords } from "../words/words";

export function Refusal({ error }: { error: Error | null }) {
  const { t } = useWords();
  if (error === null) return null;
  const said = error instanceof Refused ? error.message : t("desk.unanswered");
  return (
    <p role="alert" className="refusal">
      {said}
    </p>
  );
}
