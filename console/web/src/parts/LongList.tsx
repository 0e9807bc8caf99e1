/** A list of any length: only the rows on the screen are drawn, and each says which of how many it is. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEventHandler,
  type ReactNode,
} from "react";

import "./longList.css";

export interface LongListProps<Item> {
  items: readonly Item[];
  keyOf: (item: Item) => string;
  /** Pixels of a row that is not measured yet. */
  height: number;
  children: (item: Item) => ReactNode;
  className?: string;
  onKeyDown?: KeyboardEventHandler<HTMLUListElement>;
  /** Is given the list and a way to bring a row into sight, for keys that walk it. */
  handle?: React.RefObject<LongListHandle | null>;
  /** Is called when rows were drawn. */
  onDrawn?: () => void;
  /** Is told how many rows are below the screen. */
  below?: (count: number) => ReactNode;
}

export interface LongListHandle {
  element: () => HTMLUListElement | null;
  scrollTo: (index: number) => void;
}

export function LongList<Item>(props: LongListProps<Item>) {
  const { items, className = "", children, onKeyDown, onDrawn, handle, below } = props;
  const list = useRef<HTMLUListElement>(null);
  const rows = useRows(props, list);
  useImperativeHandle(
    handle,
    () => ({ element: () => list.current, scrollTo: (index) => rows.scrollToIndex(index) }),
    [rows],
  );
  useLayoutEffect(() => onDrawn?.());
  const drawn = rows.getVirtualItems();
  const hidden = items.length - 1 - (drawn.at(-1)?.index ?? -1);
  return (
    <>
      {/* The keys are those of the links within: arrows walk from one to the next. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ul
        ref={list}
        className={`long-list ${className}`}
        style={{ height: rows.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {drawn.map(({ index, key, start }) => {
          const item = items[index];
          return item === undefined ? null : (
            <li
              key={key}
              data-index={index}
              ref={rows.measureElement}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              {children(item)}
            </li>
          );
        })}
      </ul>
      {below !== undefined && hidden > 0 ? below(hidden) : null}
    </>
  );
}

function useRows<Item>(
  { items, keyOf, height }: LongListProps<Item>,
  list: React.RefObject<HTMLUListElement | null>,
) {
  const [scrollMargin, setMargin] = useState(0);
  // Where the list begins on the page moves with what stands above it.
  useEffect(() => {
    const observer = new ResizeObserver(() => setMargin(topOf(list.current)));
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return useWindowVirtualizer({
    count: items.length,
    estimateSize: () => height,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    overscan: 4,
    scrollMargin,
  });
}

/** Pixels from the top of the page to that of *element*, wherever the page is scrolled to. */
const topOf = (element: HTMLElement | null): number =>
  element === null ? 0 : Math.round(element.getBoundingClientRect().top + window.scrollY);
