/** The rows of the queue: drawn as far as the screen shows them, walked with the arrow keys. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";

import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { FireRow } from "./FireRow";

/** Beyond so many fires each is folded into one line. */
export const UNFOLDED = 40;

/** Pixels of a row that is not measured yet. */
const HEIGHT = { unfolded: 76, folded: 48 } as const;

export function FireList({ fires }: { fires: readonly Fire[] }) {
  const { counted } = useWords();
  const list = useRef<HTMLUListElement>(null);
  const folded = fires.length > UNFOLDED;
  const rows = useRows(fires, list, folded);
  const walk = useWalk(fires, list, (index) => rows.scrollToIndex(index));
  const drawn = rows.getVirtualItems();
  const below = fires.length - 1 - (drawn.at(-1)?.index ?? -1);
  return (
    <>
      {/* The keys are those of the links within: arrows walk from one to the next. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ul
        ref={list}
        className={folded ? "fires fires-folded" : "fires"}
        style={{ height: rows.getTotalSize() }}
        onKeyDown={walk}
      >
        {drawn.map(({ index, key, start }) => {
          const fire = fires[index];
          return fire === undefined ? null : (
            <li
              key={key}
              data-index={index}
              ref={rows.measureElement}
              aria-setsize={fires.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              <FireRow fire={fire} />
            </li>
          );
        })}
      </ul>
      {below > 0 ? <p className="fires-below">{counted("desk.queue.below", below)}</p> : null}
    </>
  );
}

function useRows(
  fires: readonly Fire[],
  list: React.RefObject<HTMLUListElement | null>,
  folded: boolean,
) {
  const [scrollMargin, setMargin] = useState(0);
  // Where the list begins on the page moves with what stands above it.
  useEffect(() => {
    const observer = new ResizeObserver(() => setMargin(list.current?.offsetTop ?? 0));
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return useWindowVirtualizer({
    count: fires.length,
    estimateSize: () => (folded ? HEIGHT.folded : HEIGHT.unfolded),
    getItemKey: (index) => fires[index]?.id ?? index,
    overscan: 4,
    scrollMargin,
  });
}

/** Arrow keys walk the rows; the focus stays with its fire when that moves. */
function useWalk(
  fires: readonly Fire[],
  list: React.RefObject<HTMLUListElement | null>,
  scrollTo: (index: number) => void,
) {
  const wanted = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (wanted.current === null || document.activeElement !== document.body) return;
    linkOf(list.current, wanted.current)?.focus();
  });
  return (event: KeyboardEvent<HTMLUListElement>) => {
    const at = fires.findIndex((each) => each.id === idOf(event.target));
    const to = placeAfter(event.key, at, fires.length);
    const next = to === null ? undefined : fires[to];
    if (to === null || next === undefined) return;
    event.preventDefault();
    wanted.current = next.id;
    scrollTo(to);
    const link = linkOf(list.current, next.id);
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

const linkOf = (list: HTMLUListElement | null, id: string): HTMLElement | null =>
  list?.querySelector<HTMLElement>(`[data-fire="${CSS.escape(id)}"]`) ?? null;
