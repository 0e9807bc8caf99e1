/** The id of this screen: made once, and kept while its tab is there. */
const REMEMBERED = "tocsin.desk";

export function deskId(): string {
  const known = sessionStorage.getItem(REMEMBERED);
  if (known !== null) return known;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(9)), (each) => each.toString(36)).join(
    "",
  );
  sessionStorage.setItem(REMEMBERED, made);
  return made;
}
