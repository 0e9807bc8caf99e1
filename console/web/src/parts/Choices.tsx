/** A choice among a few: one of them, or any number. */
import { useId, type ReactNode } from "react";

import { useKey } from "../app/keys";

interface Option {
  value: string;
  label: ReactNode;
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
}

export function Choices({
  label,
  options,
  chosen,
  onChoose,
  several = false,
  numbered = false,
}: ChoicesProps) {
  const name = useId();
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
          {numbered ? (
            <Digit digit={index + 1} label={label} onPress={() => choose(each.value)} />
          ) : null}
          <input
            type={several ? "checkbox" : "radio"}
            name={name}
            value={each.value}
            checked={chosen.includes(each.value)}
            onChange={() => choose(each.value)}
          />
          <span>{each.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The digit that chooses, written before the choice. */
function Digit({ digit, label, onPress }: { digit: number; label: string; onPress: () => void }) {
  useKey(String(digit), label, onPress);
  return <kbd aria-hidden="true">{digit}</kbd>;
}
