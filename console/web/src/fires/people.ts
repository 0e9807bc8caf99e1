/** People as others read them: the center itself has a name in every language. */
import { useWords } from "../words/words";

const CENTER = "command-center";

/** Returns the name of a contact, as it came in data. */
export function usePeople(): (contact: string, name: string) => string {
  const { t } = useWords();
  return (contact, name) => (contact === CENTER ? t("desk.queue.center") : name);
}
