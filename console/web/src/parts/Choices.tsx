/** A choice among a few: one of them, or any number. */
import { useId, type ReactNode } from "react";

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
}

export function Choices({ label, options, chosen, onChoose, several = false }: ChoicesProps) {
  const name = useId();
  const choose = (value: string) => {
    if (!several) onChoose([value]);
    else if (chosen.includes(value)) onChoose(chosen.filter((each) => each !== value));
    else onChoose([...chosen, value]);
  };
  return (
    <fieldset className="choices">
      <legend>{label}</legend>
      {options.map((each) => (
        <label key={each.value} className="choice">
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
