/** The rows of the queue: drawn as far as the screen shows them, walked with the arrow keys. */
import { useLayoutEffect, useRef, type KeyboardEvent } from "react";

import type { Fire } from "../../live/events";
import { LongList, type LongListHandle } from "../../parts/LongList";
import { useWords } from "../../words/words";
import { FireRow } from "./FireRow";

/** Beyond so many fires each is folded into one line. */
export const UNFOLDED = 40;

/** Pixels of a row that is not measured yet. */
const HEIGHT = { unfolded: 76, folded: 48 } as const;

const idOfFire = (fire: Fire): string => fire.id;

export function FireList({ fires }: { fires: readonly Fire[] }) {
  const { counted } = useWords();
  const list = useRef<LongListHandle>(null);
  const folded = fires.length > UNFOLDED;
  const walk = useWalk(fires, list);
  return (
    <LongList
      items={fires}
      keyOf={idOfFire}
      height={folded ? HEIGHT.folded : HEIGHT.unfolded}
      className={folded ? "fires fires-folded" : "fires"}
      onKeyDown={walk}
      handle={list}
      below={(count) => <p className="fires-below">{counted("desk.queue.below", count)}</p>}
    >
      {(fire) => <FireRow fire={fire} />}
    </LongList>
  );
}

/** Arrow keys walk the rows; the focus stays with its fire when that moves. */
function useWalk(fires: readonly Fire[], list: React.RefObject<LongListHandle | null>) {
  const wanted = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (wanted.current === null || document.activeElement !== document.body) return;
    linkOf(list.current?.element(), wanted.current)?.focus();
  });
  return (event: KeyboardEvent<HTMLUListElement>) => {
    const at = fires.findIndex((each) => each.id === idOf(event.target));
    const to = placeAfter(event.key, at, fires.length);
    const next = to === null ? undefined : fires[to];
    if (to === null || next === undefined) return;
    event.preventDefault();
    wanted.current = next.id;
    list.current?.scrollTo(to);
    const link = linkOf(list.current?.element(), next.id);
    if (link !== null) link.focus();
    else (document.activeElement as HTMLElement | null)?.blur();
  };
}

/** The row that *key* leads to from the one *at*; null where the key is another one. */
function placeAfter(key: string, at: number, count: number): number | null {
  const places: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 };
  const to = places[key];
  return to === undefined ? null : Math.min(Math.max(to, 0), count - 1);
}

const idOf = (target: EventTarget): string | undefined =>
  target instanceof HTMLElement ? target.dataset.fire : undefined;

const linkOf = (list: HTMLElement | null | undefined, id: string): HTMLElement | null =>
  list?.querySelector<HTMLElement>(`[data-fire="${CSS.escape(id)}"]`) ?? null;
