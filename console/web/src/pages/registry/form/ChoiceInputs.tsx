/** Inputs of fixed values: one of them, several, or yes and no. */
import { useWords } from "../../../words/words";
import type { InputProps } from "./FieldInput";

export function ChoiceInput({ id, field, value, isFixed, wrong, onChange }: InputProps) {
  const { name } = useWords();
  return (
    <select
      id={id}
      value={typeof value === "string" ? value : ""}
      disabled={isFixed}
      aria-invalid={wrong !== undefined}
      aria-describedby={wrong}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
    >
      <option value="">—</option>
      {field.choices.map((each) => (
        <option key={each} value={each}>
          {name("value", `${field.family ?? ""}.${each}`)}
        </option>
      ))}
    </select>
  );
}

export function ChoicesInput({ field, value, onChange }: InputProps) {
  const { name } = useWords();
  const chosen = Array.isArray(value) ? value : Array.isArray(field.default) ? field.default : [];
  const toggled = (each: string) =>
    field.choices.filter((other) => (other === each ? !chosen.includes(each) : chosen.includes(other)));
  return (
    <div className="choices">
      {field.choices.map((each) => (
        <label key={each}>
          <input
            type="checkbox"
            checked={chosen.includes(each)}
            onChange={() => onChange(toggled(each))}
          />
          {name("value", `${field.family ?? ""}.${each}`)}
        </label>
      ))}
    </div>
  );
}

export function YesNoInput({ id, value, wrong, onChange }: InputProps) {
  const { name } = useWords();
  const text = typeof value === "boolean" ? (value ? "yes" : "no") : "";
  return (
    <select
      id={id}
      value={text}
      aria-invalid={wrong !== undefined}
      aria-describedby={wrong}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value === "yes")}
    >
      <option value="">—</option>
      <option value="yes">{name("value", "yes_no.yes")}</option>
      <option value="no">{name("value", "yes_no.no")}</option>
    </select>
  );
}
