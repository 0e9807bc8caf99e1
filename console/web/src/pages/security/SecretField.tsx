/** A field of a page about accounts; a password is not shown while it is written. */
import { Input, Label, TextField } from "react-aria-components";

interface SecretFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete?: string;
  hidden?: boolean;
  optional?: boolean;
}

export function SecretField({
  label,
  value,
  onChange,
  autoComplete = "new-password",
  hidden = false,
  optional = false,
}: SecretFieldProps) {
  return (
    <TextField
      value={value}
      onChange={onChange}
      autoComplete={autoComplete}
      type={hidden ? "password" : "text"}
      isRequired={!optional}
    >
      <Label>{label}</Label>
      <Input />
    </TextField>
  );
}
