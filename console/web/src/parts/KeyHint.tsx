/** A line of keys and what they do, where there is a keyboard. */
import { signOf } from "../app/keyTable";

export type Hint = readonly [keys: readonly string[], text: string];

export function KeyHint({ hints }: { hints: readonly Hint[] }) {
  return (
    <p className="key-hint">
      {hints.map(([keys, text]) => (
        <span key={text}>
          {keys.map((each) => (
            <kbd key={each}>{signOf(each)}</kbd>
          ))}{" "}
          {text}
        </span>
      ))}
    </p>
  );
}
