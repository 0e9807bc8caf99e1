/** The name, the password and the code of a person who signs in. */
import { useState } from "react";

import { useWords } from "../words/words";
import { AccountField } from "./AccountField";

export interface SignInGiven {
  name: string;
  password: string;
  code: string;
}

export const useSignInGiven = () => useState<SignInGiven>({ name: "", password: "", code: "" });

interface FieldsProps {
  given: SignInGiven;
  onChange: (given: SignInGiven) => void;
  /** Whether the page is there to sign in: its first field has the focus. */
  first?: boolean;
}

export function SignInFields({ given, onChange, first = false }: FieldsProps) {
  const { t } = useWords();
  const set = (field: keyof SignInGiven) => (value: string) => onChange({ ...given, [field]: value });
  return (
    <>
      <AccountField
        label={t("desk.sign_in.name")}
        value={given.name}
        onChange={set("name")}
        autoComplete="username"
        first={first}
      />
      <AccountField
        label={t("desk.sign_in.password")}
        value={given.password}
        onChange={set("password")}
        autoComplete="current-password"
        hidden
      />
      <AccountField
        label={t("desk.sign_in.code")}
        value={given.code}
        onChange={set("code")}
        autoComplete="one-time-code"
        optional
      />
    </>
  );
}
