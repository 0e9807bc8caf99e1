/** A choice among a few: one of them, or any number. */
import { useId, useRef, type ReactNode } from "react";

import { useKey } from "../app/keys";
import { signOf } from "../app/keyTable";

interface Option {
  value: string;
  label: ReactNode;
  /** Whether it is shown, and cannot be chosen: its label says why. */
  off?: boolean;
}

interface ChoicesProps {
  label: string;
  options: readonly Option[];
  chosen: readonly string[];
  onChoose: (chosen: string[]) => void;
  /** Whether more than one can be chosen. */
  several?: boolean;
  /** Whether a digit chooses: of one choice in a sheet. */
  numbered?: boolean;
  /** Keys that choose, one an option, where digits choose something else of the sheet. */
  shortcuts?: readonly string[];
}

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
const NONE: readonly string[] = [];

export function Choices({
  label,
  options,
  chosen,
  onChoose,
  several = false,
  numbered = false,
  shortcuts = numbered ? DIGITS : NONE,
}: ChoicesProps) {
  const name = useId();
  const byValue = useRef(new Map<string, HTMLInputElement>());
  const choose = (value: string) => {
    if (!several) onChoose([value]);
    else if (chosen.includes(value)) onChoose(chosen.filter((each) => each !== value));
    else onChoose([...chosen, value]);
  };
  return (
    <fieldset className="choices">
      <legend>{label}</legend>
      {options.map((each, index) => (
        <label key={each.value} className="choice">
          <Shortcut
            letter={each.off === true ? undefined : shortcuts[index]}
            label={label}
            onPress={() => {
              // The focus follows the key: the tabulator goes on from here, not from the first choice.
              byValue.current.get(each.value)?.focus();
              choose(each.value);
            }}
          />
          <input
            ref={(field) => {
              if (field === null) byValue.current.delete(each.value);
              else byValue.current.set(each.value, field);
            }}
            type={several ? "checkbox" : "radio"}
            name={name}
            value={each.value}
            disabled={each.off === true}
            checked={chosen.includes(each.value)}
            onChange={() => choose(each.value)}
          />
          <span>{each.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface ShortcutProps {
  letter: string | undefined;
  label: string;
  onPress: () => void;
}

/** The key that chooses, written before the choice. */
function Shortcut({ letter, label, onPress }: ShortcutProps) {
  useKey(letter, label, onPress);
  return letter === undefined ? null : <kbd aria-hidden="true">{signOf(letter)}</kbd>;
}
