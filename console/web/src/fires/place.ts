/** Where premises are, in one line. Pure. */
import { plain } from "../parts/finding";

/** *text* without marks, capitals, and what stands between words. */
const bare = (text: string): string =>
  plain(text)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** *address*, and the name of the *area* where the address does not say it at its end already. */
export function placeText(address: string, area: string | null | undefined): string {
  const [has, wanted] = [bare(address), bare(area ?? "")];
  if (wanted === "" || has === wanted || has.endsWith(` ${wanted}`)) return address;
  return address === "" ? (area ?? "") : `${address}, ${area ?? ""}`;
}
