/** The texts of the pages in the reader's language, from the catalogues that all of Tocsin shares. */
import { createContext, use, useEffect, useState, type ReactNode } from "react";

import type { Key } from "../generated/keys";

export type Language = "vi" | "en";
export const LANGUAGES: readonly Language[] = ["vi", "en"];

type Forms = Record<string, readonly string[]>;
type Values = Record<string, string | number>;

export interface Words {
  language: Language;
  /** The text of *key* with *values* in their places. */
  t: (key: Key, values?: Values) => string;
  /** The text of *key* for *count* things. */
  counted: (key: Key, count: number, values?: Values) => string;
  /** The name of what came in data, such as `reason.smoke_level`; an unknown one is shown as it is. */
  name: (family: string, member: string) => string;
  /** The text of a *member* that came in data, with *values* in their places; null for an unknown one. */
  said: (family: string, member: string, values: Values) => string | null;
}

/** The *text* with each value in the place of its name in braces; a brace that stands twice is one. */
function filled(text: string, values: Values): string {
  return text.replace(/\{\{|\}\}|\{(\w+)\}/gu, (place, name?: string) =>
    name === undefined ? place.charAt(0) : String(values[name] ?? place),
  );
}

/** The words of *forms*; English has two forms of a count, Vietnamese one. */
export function wordsOf(language: Language, forms: Forms): Words {
  const plural = new Intl.PluralRules(language);
  return {
    language,
    t: (key, values = {}) => filled(forms[key]?.[0] ?? key, values),
    counted: (key, count, values = {}) => {
      const found = forms[key] ?? [key];
      const form = plural.select(count) === "one" ? found[0] : found.at(-1);
      return filled(form ?? key, { count, ...values });
    },
    name: (family, member) => forms[`${family}.${member}`]?.[0] ?? member,
    said: (family, member, values) => {
      const text = forms[`${family}.${member}`]?.[0];
      return text === undefined ? null : filled(text, values);
    },
  };
}

const CATALOGUES: Record<Language, () => Promise<{ default: Forms }>> = {
  vi: () => import("../generated/vi.json"),
  en: () => import("../generated/en.json"),
};

/** Sentences of the center by their codes; in English they came as they are. */
const CODED: Partial<Record<Language, () => Promise<{ default: Forms }>>> = {
  vi: () => import("../generated/vi.coded.json"),
};

interface Chosen {
  words: Words;
  choose: (language: Language) => void;
}

const WordsContext = createContext<Chosen | null>(null);
const REMEMBERED = "tocsin.language";

function remembered(): Language {
  return localStorage.getItem(REMEMBERED) === "en" ? "en" : "vi";
}

/** Loads the reader's language, and gives it to all within. */
export function WordsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(remembered);
  const [words, setWords] = useState<Words | null>(null);
  useEffect(() => {
    let wanted = true;
    void CATALOGUES[language]().then((found) => {
      if (wanted) setWords(wordsOf(language, found.default));
    });
    document.documentElement.lang = language;
    return () => {
      wanted = false;
    };
  }, [language]);
  if (words === null) return null;
  const choose = (next: Language) => {
    localStorage.setItem(REMEMBERED, next);
    setLanguage(next);
  };
  return <WordsContext value={{ words, choose }}>{children}</WordsContext>;
}

export function useChosenWords(): Chosen {
  const found = use(WordsContext);
  if (found === null) throw new Error("useWords stands outside of WordsProvider");
  return found;
}

export function useWords(): Words {
  return useChosenWords().words;
}

/** The words with those of coded sentences: fetched where such are shown, to keep what all load small. */
export function useCodedWords(): Words {
  const words = useWords();
  const { language } = words;
  const [coded, setCoded] = useState<Words | null>(null);
  useEffect(() => {
    let wanted = true;
    void CODED[language]?.()
      .then((found) => {
        if (wanted) setCoded(wordsOf(language, found.default));
      })
      // Where they cannot be fetched now, the center's own words stay.
      .catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [language]);
  return coded?.language === language ? { ...words, said: coded.said } : words;
}
