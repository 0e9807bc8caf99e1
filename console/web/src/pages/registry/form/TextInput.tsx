/** Inputs of one value that is written: a text, a number, a day, an hour. */
import { useState } from "react";

import type { InputProps } from "./FieldInput";
import { numberOf } from "./values";

const TYPES: Partial<Record<string, string>> = {
  day: "date",
  hour: "time",
  moment: "datetime-local",
  phone: "tel",
};

/** A value as it is written: a list line by line, what has no form of its own as JSON. */
function written(kind: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (kind === "texts" && Array.isArray(value)) return value.join("\n");
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** What was written, as the center reads it; it says itself what it cannot read. */
function read(kind: string, text: string): unknown {
  if (text === "") return null;
  if (kind === "number" || kind === "whole") return numberOf(text);
  if (kind === "texts") return text.split("\n").filter((each) => each.trim() !== "");
  if (kind !== "structure") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export function TextInput({ id, field, value, isFixed, wrong, onChange }: InputProps) {
  const [text, setText] = useState(() => written(field.kind, value));
  const given = {
    id,
    value: text,
    readOnly: isFixed,
    "aria-invalid": wrong !== undefined,
    "aria-describedby": wrong,
    onChange: (event: { target: { value: string } }) => {
      setText(event.target.value);
      onChange(read(field.kind, event.target.value));
    },
  };
  if (field.lines || field.kind === "texts") return <textarea rows={3} {...given} />;
  const isNumber = field.kind === "number" || field.kind === "whole";
  return (
    <input
      type={TYPES[field.kind] ?? "text"}
      {...(isNumber ? { inputMode: "decimal" as const } : {})}
      {...given}
    />
  );
}
