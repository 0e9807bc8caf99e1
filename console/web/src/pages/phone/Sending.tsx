/** How far what was pressed is: on its way, stored at the center, or refused. */
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import type { SendingState } from "./sending";

interface SendingProps {
  state: SendingState;
  again: boolean;
  error: Error | null;
  /** What stands there before anything was sent. */
  idle: string;
}

export function Sending({ state, again, error, idle }: SendingProps) {
  const { t } = useWords();
  const texts = {
    idle,
    sent: again ? t("desk.phone.sent_again") : t("desk.phone.sent"),
    stored: t("desk.phone.answer_stored"),
    refused: "",
  };
  return (
    <>
      <p role="status">{texts[state]}</p>
      <Refusal error={error} />
    </>
  );
}
