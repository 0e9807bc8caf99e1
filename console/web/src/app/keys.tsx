/** Keys of the keyboard: each act has one, shown on its button and on the sheet that `?` opens. */
import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";

import { keyOf } from "./keyTable";

export interface Binding {
  /** The key as the keyboard names it: `a`, `?`, `Escape`. */
  key: string;
  label: string;
  act: () => void;
  /** What lies over the page has a higher layer; only the keys of the highest one act. */
  layer: number;
}

/** Layers of the page: itself, a sheet over it, and what covers it when it is blind. */
export const LAYERS = { page: 0, sheet: 1, cover: 2 } as const;

/** The layer of what stands within. */
export const LayerContext = createContext<number>(LAYERS.page);

/** Binds keys; what was bound last wins while it is there, as what is on top does. */
export class Keys {
  private bound: readonly Binding[] = [];
  private readonly listeners = new Set<() => void>();

  readonly all = (): readonly Binding[] => this.bound;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  bind(binding: Binding): () => void {
    this.set([...this.bound, binding]);
    return () => this.set(this.bound.filter((each) => each !== binding));
  }

  /** Capitals are the same keys: nobody looks at the keyboard's lock when it burns. */
  press(key: string): boolean {
    const found = this.reachable().findLast((each) => keyOf(each.key) === keyOf(key));
    found?.act();
    return found !== undefined;
  }

  /** The bindings of the highest layer that is there. */
  readonly reachable = (): readonly Binding[] => {
    const top = Math.max(...this.bound.map((each) => each.layer));
    return this.bound.filter((each) => each.layer === top);
  };

  private set(next: readonly Binding[]): void {
    this.bound = next;
    for (const each of this.listeners) each();
  }
}

const KeysContext = createContext<Keys | null>(null);

export function KeysProvider({ children }: { children: ReactNode }) {
  const [keys] = useState(() => new Keys());
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      // What a field, a list or an open menu took is no key of the page.
      if (event.defaultPrevented) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target))
        return;
      if (event.key === "Enter" && isPressable(event.target)) return;
      if (keys.press(event.key)) event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [keys]);
  return <KeysContext value={keys}>{children}</KeysContext>;
}

function useKeys(): Keys {
  const keys = use(KeysContext);
  if (keys === null) throw new Error("useKey stands outside of KeysProvider");
  return keys;
}

/** Binds *key* to *act* while the component is there; no key binds nothing. */
export function useKey(key: string | undefined, label: string, act: () => void): void {
  const keys = useKeys();
  const layer = use(LayerContext);
  useEffect(
    () => (key === undefined ? undefined : keys.bind({ key, label, act, layer })),
    [keys, key, label, act, layer],
  );
}

/** Lets no key of what lies below act while the component is there. */
export function KeyBarrier({ layer }: { layer: number }) {
  const keys = useKeys();
  useEffect(() => keys.bind({ key: "", label: "", act: () => undefined, layer }), [keys, layer]);
  return null;
}

/** All keys that do something now. */
export function useBindings(): readonly Binding[] {
  const keys = useKeys();
  return useSyncExternalStore(keys.subscribe, keys.all);
}

/** Fields that are pressed, and take no letters. */
const NOT_TYPED = ":not([type=checkbox], [type=radio])";

/** A letter that goes into a field is no act; an open menu or dialog has keys of its own. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest(`input${NOT_TYPED}, textarea, select, [role=menu], [role=listbox]`) !== null
  );
}

/** Enter on a button or link is that button's. */
function isPressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, summary") !== null;
}
