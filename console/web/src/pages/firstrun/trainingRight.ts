/** Why whoever is signed in cannot begin a training: said once at the top of the page, and once at the button. */
import { useMay } from "../../data/may";
import type { WhoAsks } from "../../live/events";
import { useWords } from "../../words/words";
import { useSchools } from "./schools";

export function useWhyNoTraining(who: WhoAsks | null): string | null {
  const { t } = useWords();
  const may = useMay("incidents:close");
  const schools = useSchools().data;
  if (who === null) return null;
  if (!may) return t(who.missing.length > 0 ? "desk.start.account_first" : "desk.start.training_needs");
  return schools?.length === 0 ? t("desk.start.training_sample") : null;
}
