/** Figures as people read them. Pure. */
import type { Language } from "../../words/words";

const LOCALE: Record<Language, string> = { vi: "vi-VN", en: "en-GB" };

const number = (value: number, language: Language, digits: number): string =>
  new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: digits }).format(value);

/** *metres* as metres below one kilometre, else as kilometres. */
export function kilometres(metres: number, language: Language): string {
  return metres < 1_000
    ? `${number(metres, language, 0)} m`
    : `${number(metres / 1_000, language, 1)} km`;
}

/** Units as people write them, where the store has another name. */
const UNITS: Readonly<Record<string, string>> = { degC: "°C", "0/1": "" };

/** *value* with at most two digits behind the point, and its *unit*. */
export function measured(value: number, unit: string, language: Language): string {
  return `${number(value, language, 2)} ${UNITS[unit] ?? unit}`.trimEnd();
}
