/** Signing in of the one who comes, at the screen of the one who goes. */
import { useMutation } from "@tanstack/react-query";
import type { SyntheticEvent } from "react";
import { Button, Form } from "react-aria-components";

import { answer, api } from "../../api/client";
import { Refusal } from "../../parts/Refusal";
import { SignInFields, useSignInGiven } from "../../parts/SignInFields";
import { useWords } from "../../words/words";

export function TakeOver() {
  const { t } = useWords();
  const [given, setGiven] = useSignInGiven();
  const takeOver = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/session/hand-over", { body: given })),
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
      <SignInFields given={given} onChange={setGiven} />
      <Refusal error={takeOver.error} />
      <Button type="submit" className="act act-first" isDisabled={takeOver.isPending}>
        {t("desk.shift.take_over")}
      </Button>
    </Form>
  );
}
