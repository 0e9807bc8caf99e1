/** Finding a thing by a part of its name, as people type it: without marks, in any order of words. Pure. */

export interface Pickable {
  id: string;
  name: string;
  /** What tells things of one name apart. */
  detail: string;
}

/** *text* in small letters without marks: "Đầm Dơi" is "dam doi". */
export const plain = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gu, "d").replace(/Đ/gu, "D").toLowerCase();

/** Those of *options* that have each word of *typed* in their name, detail or id; in their order. */
export function found<T extends Pickable>(options: readonly T[], typed: string): readonly T[] {
  const words = plain(typed)
    .split(/\s+/u)
    .filter((each) => each !== "");
  if (words.length === 0) return options;
  return options.filter(({ id, name, detail }) => {
    const text = plain(`${name} ${detail} ${id}`);
    return words.every((each) => text.includes(each));
  });
}
