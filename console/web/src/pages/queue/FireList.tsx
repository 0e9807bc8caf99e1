/** The rows of the queue: drawn as far as the screen shows them, walked by keys from the most urgent one. */
import { useRef, type KeyboardEvent } from "react";

import { useKey } from "../../app/keys";
import { KEYS } from "../../app/keyTable";
import type { Fire } from "../../live/events";
import { LongList, type LongListHandle } from "../../parts/LongList";
import { useWords } from "../../words/words";
import { FireRow } from "./FireRow";
import { placeAfter } from "./walk";

/** Beyond so many fires each is folded into one line. */
export const UNFOLDED = 40;

/** Pixels of a row that is not measured yet. */
const HEIGHT = { unfolded: 76, folded: 48 } as const;

const idOfFire = (fire: Fire): string => fire.id;

export function FireList({ fires }: { fires: readonly Fire[] }) {
  const { counted } = useWords();
  const list = useRef<LongListHandle>(null);
  const folded = fires.length > UNFOLDED;
  const { walk, stay } = useWalk(fires, list);
  useWalkKeys(fires.length > 0, walk);
  const pressed = (event: KeyboardEvent<HTMLUListElement>) => {
    if (walk(event.key)) event.preventDefault();
  };
  return (
    <LongList
      items={fires}
      keyOf={idOfFire}
      height={folded ? HEIGHT.folded : HEIGHT.unfolded}
      className={folded ? "fires fires-folded" : "fires"}
      onKeyDown={pressed}
      handle={list}
      onDrawn={stay}
      below={(count) => <p className="fires-below">{counted("desk.queue.below", count)}</p>}
    >
      {(fire) => <FireRow fire={fire} />}
    </LongList>
  );
}

/** A telephone has no keys: there nothing is chosen before a person touches it. */
const hasKeys = (): boolean => window.matchMedia("(width >= 50rem)").matches;

type Walk = (key: string) => boolean;

/** Returns what walks the rows by a key; the focus begins at the most urgent fire, and stays with its fire. */
function useWalk(fires: readonly Fire[], list: React.RefObject<LongListHandle | null>) {
  const wanted = useRef<string | null>(null);
  const stay = () => {
    if (document.activeElement !== document.body || !hasKeys()) return;
    if (!fires.some((each) => each.id === wanted.current)) wanted.current = fires[0]?.id ?? null;
    if (wanted.current === null) return;
    linkOf(list.current?.element(), wanted.current)?.focus({ preventScroll: true });
  };
  const walk: Walk = (key) => {
    const focused = document.activeElement;
    const at = fires.findIndex((each) => each.id === idOf(focused));
    const to = placeAfter(key, at, fires.length);
    const next = to === null ? undefined : fires[to];
    if (to === null || next === undefined) return false;
    wanted.current = next.id;
    list.current?.scrollTo(to);
    const link = linkOf(list.current?.element(), next.id);
    if (link !== null) link.focus();
    else if (focused instanceof HTMLElement) focused.blur();
    return true;
  };
  return { walk, stay };
}

/** The keys walk also where the focus is elsewhere on the page. */
function useWalkKeys(there: boolean, walk: Walk): void {
  const { t } = useWords();
  const [down, up] = [t("desk.queue.down"), t("desk.queue.up")];
  useKey(there ? KEYS.down : undefined, down, () => walk(KEYS.down));
  useKey(there ? KEYS.up : undefined, up, () => walk(KEYS.up));
  useKey(there ? "ArrowDown" : undefined, down, () => walk("ArrowDown"));
  useKey(there ? "ArrowUp" : undefined, up, () => walk("ArrowUp"));
}

const idOf = (target: Element | null): string | undefined =>
  target instanceof HTMLElement ? target.dataset.fire : undefined;

const linkOf = (list: HTMLElement | null | undefined, id: string): HTMLElement | null =>
  list?.querySelector<HTMLElement>(`[data-fire="${CSS.escape(id)}"]`) ?? null;
