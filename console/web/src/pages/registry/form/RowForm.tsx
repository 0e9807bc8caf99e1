/** The form of a row, made from the description of its table: a new field of the registry appears by itself. */
import { useState, type SyntheticEvent } from "react";
import { Button, Form } from "react-aria-components";

import { Refusal } from "../../../parts/Refusal";
import { useWords } from "../../../words/words";
import { textAt } from "../data";
import { faultsOf } from "../draft/working";
import { FaultLines } from "./FaultLines";
import { FieldInput } from "./FieldInput";
import { GROUPS } from "./groups";
import {
  faultsAt,
  faultsElsewhere,
  groupsOf,
  isBegun,
  valuesOf,
  type Row,
  type Table,
  type Values,
} from "./values";

interface RowFormProps {
  table: Table;
  row: Row;
  isNew?: boolean;
  error: Error | null;
  busy: boolean;
  onSave: (values: Values) => void;
}

export function RowForm({ table, row, isNew = false, error, busy, onSave }: RowFormProps) {
  const { t, name } = useWords();
  const [values, setValues] = useState<Values>(() => valuesOf(table.columns, row));
  const faults = faultsOf(error);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onSave(values);
  };
  const isFixed = (path: string) => !isNew && (path === "id" || path === "premises");
  const nameOfGroup = (group: string) => {
    const key = GROUPS[group];
    return key === undefined ? group : t(key);
  };
  return (
    <Form onSubmit={submit} className="row-form" validationBehavior="aria">
      {faults.length === 0 ? <Refusal error={error} /> : null}
      <FaultLines faults={faultsElsewhere(faults, table.columns)} />
      {groupsOf(table.columns).map(([group, columns]) => (
        <fieldset key={group}>
          {group === "" ? (
            <legend className="hidden">{name("table", table.table)}</legend>
          ) : (
            <legend>{nameOfGroup(group)}</legend>
          )}
          {columns.map((column) => (
            <FieldInput
              key={column.path}
              field={column}
              value={values[column.path]}
              premises={textAt(values, "premises") || textAt(row, "premises")}
              faults={faultsAt(faults, column.path)}
              isFixed={isFixed(column.path)}
              isNeeded={column.required && (group === "" || isBegun(values, group))}
              onChange={(value) => setValues((all) => ({ ...all, [column.path]: value }))}
            />
          ))}
        </fieldset>
      ))}
      <Button type="submit" className="act act-first" isDisabled={busy}>
        {t("desk.registry.save")}
      </Button>
    </Form>
  );
}
