/** Says what the center refused, in its words, or that it did not answer. */
import { Refused } from "../api/client";
import { useWords } from "../words/words";
import { whyRefused } from "./refused";

export function Refusal({ error }: { error: Error | null }) {
  const words = useWords();
  const { t } = words;
  if (error === null) return null;
  const refused = error instanceof Refused ? error : null;
  const why = refused === null ? null : whyRefused(refused.body, words, Date.now());
  return (
    <p role="alert" className="refusal">
      {why === null ? null : <b>{why} </b>}
      {refused === null ? t("desk.unanswered") : refused.message}
    </p>
  );
}
