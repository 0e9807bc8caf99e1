/** Sentences of the center that came with a code, in the words of the page. Pure. */
import type { Schemas } from "../api/client";
import type { Words } from "./words";

type Coded = Schemas["CodedSentence"];

/** A fault, of a center that may be older than this page. */
type Fault = Pick<Schemas["DraftFault"], "error" | "remedy"> &
  Partial<Pick<Schemas["DraftFault"], "coded" | "parts">>;

/** A row as checks name it in a value: its table and its key. */
const ROW = /^(\w+) ('[^']*')$/u;

/** *values* as people know them: tables, and rows, by the names of their tables. */
function named(values: Coded["values"], { name }: Words): Record<string, string> {
  const shown = ([key, value]: [string, string]): [string, string] => {
    const [, table, own] = ROW.exec(value) ?? [];
    if (table !== undefined && own !== undefined) return [key, `${name("table", table)} ${own}`];
    return [key, key === "table" ? name("table", value) : value];
  };
  return Object.fromEntries(Object.entries(values).map(shown));
}

/** *coded* in the words of *families*, the first that has it; null where none has. */
function inWords(
  coded: Coded | null | undefined,
  families: readonly string[],
  words: Words,
): string | null {
  if (coded == null) return null;
  for (const family of families) {
    const text = words.said(family, coded.code, named(coded.values, words));
    if (text !== null) return text;
  }
  return null;
}

/** The fault and the remedy of *fault*; the center's own English where the page has no words for it. */
export function faultInWords(fault: Fault, words: Words): { error: string; remedy: string } {
  const text = words.language === "en" ? null : inWords(fault.coded, ["fault"], words);
  if (text === null) return { error: fault.error, remedy: fault.remedy };
  const parts = (fault.parts ?? []).map((each) => inWords(each, ["fault_part"], words) ?? each.code);
  const [error = "", remedy = ""] = cut(text);
  return { error: parts.length === 0 ? error : `${parts.join(", ")}: ${error}`, remedy };
}

/** *text* before and behind its last semicolon. */
function cut(text: string): string[] {
  const at = text.lastIndexOf("; ");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 2)];
}

/** Why a message did not reach somebody; *reason* itself is English, or the words of another system. */
export function failureInWords(reason: string, coded: Coded | null | undefined, words: Words): string {
  if (words.language === "en") return reason;
  return inWords(coded, ["delivery_fault", "fault"], words) ?? words.name("reason", reason);
}
