/** Says what the center refused, in the reader's words where it has any, or that it did not answer. */
import { Refused } from "../api/client";
import { useNow } from "../time/now";
import { useWords } from "../words/words";
import { whyRefused, whyStatus } from "./refused";

export function Refusal({ error }: { error: Error | null }) {
  const { t } = useWords();
  if (error === null) return null;
  return (
    <p role="alert" className="refusal">
      {error instanceof Refused ? <RefusedText error={error} /> : t("desk.unanswered")}
    </p>
  );
}

/** The reason in words; where only the status tells it, the center's own English words stand beside it. */
export function RefusedText({ error }: { error: Refused }) {
  const words = useWords();
  const { wall } = useNow();
  const why = whyRefused(error.body, words, wall);
  if (why !== null) return <b>{why}</b>;
  return (
    <>
      <b>{whyStatus(error.status, words)}</b>{" "}
      <span lang="en" className="quiet">
        {error.message}
      </span>
    </>
  );
}
