/** Signing in of the one who comes, at the screen of the one who goes. */
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button, Form } from "react-aria-components";

import { answer, api } from "../../api/client";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";

const FIELDS = [
  ["name", "desk.sign_in.name", "text", "username"],
  ["password", "desk.sign_in.password", "password", "current-password"],
  ["code", "desk.sign_in.code", "text", "one-time-code"],
] as const;

export function TakeOver() {
  const { t } = useWords();
  const [signed, setSigned] = useState({ name: "", password: "", code: "" });
  const takeOver = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/session/hand-over", { body: signed })),
    // The page of the one who comes begins anew, with their rights.
    onSuccess: () => window.location.reload(),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    takeOver.mutate();
  };
  return (
    <Form onSubmit={submit} className="hand-over no-print">
      <p>{t("desk.shift.sign_in_here")}</p>
      {FIELDS.map(([field, label, type, autoComplete]) => (
        <label key={field}>
          {t(label)}
          <input
            type={type}
            autoComplete={autoComplete}
            required={field !== "code"}
            value={signed[field]}
            onChange={(event) => setSigned({ ...signed, [field]: event.target.value })}
          />
        </label>
      ))}
      <Refusal error={takeOver.error} />
      <Button type="submit" className="act act-first" isDisabled={takeOver.isPending}>
        {t("desk.shift.take_over")}
      </Button>
    </Form>
  );
}
