/** The choice of the language: each in its own words. */
import { Button } from "react-aria-components";

import { LANGUAGES, useChosenWords, type Language } from "../words/words";

const NAMES: Record<Language, string> = { vi: "Tiếng Việt", en: "English" };

export function LanguageChoice() {
  const { words, choose } = useChosenWords();
  return (
    <div className="languages">
      {LANGUAGES.filter((each) => each !== words.language).map((each) => (
        <Button key={each} className="act" onPress={() => choose(each)}>
          <span lang={each}>{NAMES[each]}</span>
        </Button>
      ))}
    </div>
  );
}
