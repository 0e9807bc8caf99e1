/** Says what the center refused, in its words, or that it did not answer. */
import { Refused } from "../api/client";
import { useWords } from "../words/words";

export function Refusal({ error }: { error: Error | null }) {
  const { t } = useWords();
  if (error === null) return null;
  const refused = error instanceof Refused ? error : null;
  const owner = refused?.body.owner;
  return (
    <p role="alert" className="refusal">
      {owner === undefined ? null : <b>{t("desk.owned", { owner })} </b>}
      {refused === null ? t("desk.unanswered") : refused.message}
    </p>
  );
}
