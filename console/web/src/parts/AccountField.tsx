/** A field of signing in, of a second factor, of setting up; a password is not shown while it is written. */
import { Input, Label, TextField } from "react-aria-components";

interface AccountFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete?: string;
  /** Whether it is a password. */
  hidden?: boolean;
  optional?: boolean;
  first?: boolean;
}

export function AccountField({
  label,
  value,
  onChange,
  autoComplete = "new-password",
  hidden = false,
  optional = false,
  first = false,
}: AccountFieldProps) {
  return (
    <TextField
      // eslint-disable-next-line jsx-a11y/no-autofocus -- the page was opened to write here
      autoFocus={first}
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
