/** The input of one field, by its kind. */
import { useId } from "react";

import { useWords } from "../../../words/words";
import { ChoiceInput, ChoicesInput, YesNoInput } from "./ChoiceInputs";
import { FaultLines } from "./FaultLines";
import { ListInput } from "./ListInput";
import { NameInput, NamesInput } from "./NameInputs";
import { TextInput } from "./TextInput";
import type { Column, Fault, Field } from "./values";

export interface FieldProps {
  field: Field | Column;
  value: unknown;
  premises: string;
  faults: readonly Fault[];
  isFixed?: boolean;
  /** Whether the row cannot be without it; as its description says where nobody names it. */
  isNeeded?: boolean;
  onChange: (value: unknown) => void;
}

/** What each kind of input is given beside its value. */
export interface InputProps {
  id: string;
  field: Field | Column;
  value: unknown;
  premises: string;
  isFixed: boolean;
  /** The id of the text that says what is wrong; undefined where nothing is. */
  wrong: string | undefined;
  onChange: (value: unknown) => void;
}

const INPUTS: Partial<Record<string, (props: InputProps) => React.ReactNode>> = {
  choice: (props) => <ChoiceInput {...props} />,
  choices: (props) => <ChoicesInput {...props} />,
  yes_no: (props) => <YesNoInput {...props} />,
  names: (props) => <NamesInput {...props} />,
};

/** Kinds of several inputs: a label for one of them would name the wrong one. */
const SEVERAL = new Set(["choices", "names"]);

/** The heading of a spreadsheet says that a cell of values is written in JSON: a form has inputs for them. */
const inForm = (heading: string) => heading.replace(/ \(JSON\)$/u, "");

export function FieldInput(given: FieldProps) {
  const { field, value, premises, faults, isFixed = false, onChange } = given;
  const { t, name } = useWords();
  const id = useId();
  const heading = name("column", field.path);
  const label = hasFields(field) ? inForm(heading) : heading;
  const wrong = faults.length > 0 ? `${id}-wrong` : undefined;
  const props = { id, field, value, premises, isFixed, wrong, onChange };
  const isNeeded = given.isNeeded ?? field.required;
  const needed = isNeeded ? <span className="needed"> {t("desk.registry.needed")}</span> : null;
  const several = SEVERAL.has(field.kind) || hasFields(field);
  return (
    <div
      className={hasFields(field) ? "field field-wide" : "field"}
      role={several ? "group" : undefined}
      aria-label={several ? label : undefined}
    >
      {several ? (
        <span className="field-name">
          {label}
          {needed}
        </span>
      ) : (
        <label htmlFor={id} className="field-name">
          {label}
          {needed}
        </label>
      )}
      {inputOf(props)}
      <FaultLines faults={faults} {...(wrong === undefined ? {} : { id: wrong })} />
    </div>
  );
}

function hasFields(field: Field | Column): field is Column {
  return "fields" in field && field.fields.length > 0;
}

function inputOf(props: InputProps): React.ReactNode {
  if (hasFields(props.field)) return <ListInput {...props} fields={props.field.fields} />;
  const found = INPUTS[props.field.kind];
  if (found !== undefined) return found(props);
  if (props.field.target !== null) return <NameInput {...props} target={props.field.target} />;
  return <TextInput {...props} />;
}
