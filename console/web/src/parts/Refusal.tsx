/** Says what the center refused, in its words, or that it did not answer. */
import { Refused } from "../api/client";
import { useNow } from "../time/now";
import { useWords } from "../words/words";
import { whyRefused } from "./refused";

export function Refusal({ error }: { error: Error | null }) {
  const words = useWords();
  const { t } = words;
  const { wall } = useNow();
  if (error === null) return null;
  const refused = error instanceof Refused ? error : null;
  const why = refused === null ? null : whyRefused(refused.body, words, wall);
  return (
    <p role="alert" className="refusal">
      {why === null ? null : <b>{why} </b>}
      {refused === null ? t("desk.unanswered") : refused.message}
    </p>
  );
}
