/** The keys of all acts: each key means one thing on every page, and capitals are the same keys. */
export const KEYS = {
  // A number goes to a page; in a sheet it chooses among what that lists.
  queue: "1",
  map: "2",
  health: "3",
  overrides: "4",
  shift: "5",
  matters: "6",
  registry: "7",
  mine: "8",
  start: "9",
  security: "0",

  allKeys: "?",
  back: "Escape",
  send: "Enter",
  down: "j",
  up: "k",
  nextFire: "]",
  previousFire: "[",

  take: "t",
  accept: "y",
  decline: "x",
  dispatch: "d",
  on_scene: "s",
  under_control: "u",
  approve: "a",
  close: "c",
  call: "p",
  note: "n",
  hand_over: "h",
  seen: "v",
  override: "o",
  check: "f",
  skip: "q",

  play: "l",
  quiet: "m",
  toneTest: "b",
  print: "i",
  again: "r",
  putAway: "e",
  goOn: "g",
  save: "w",
  undo: "z",
} as const;

/** *key* as the keyboard names it, whether Shift or the lock of capitals is on. */
export const keyOf = (key: string): string => (key.length === 1 ? key.toLowerCase() : key);

const SIGNS: Readonly<Record<string, string>> = {
  Escape: "Esc",
  ArrowDown: "↓",
  ArrowUp: "↑",
};

/** *key* as it stands on buttons. */
export const signOf = (key: string): string => SIGNS[key] ?? key.toUpperCase();
