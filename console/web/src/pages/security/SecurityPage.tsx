/** The own account: password, second factor, and ending all sessions. */
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button, Form } from "react-aria-components";

import { answer, api } from "../../api/client";
import { useLive } from "../../live/live";
import { AccountField } from "../../parts/AccountField";
import { Act } from "../../parts/Act";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { SecondFactor } from "./SecondFactor";
import "./security.css";

export default function SecurityPage() {
  const { t } = useWords();
  const who = useLive((live) => live.who);
  return (
    <section aria-labelledby="security-title" className="security">
      <h1 id="security-title">{t("desk.pages.security")}</h1>
      <p>
        <strong>{who?.name}</strong> ({who?.account})
      </p>
      {(who?.missing.length ?? 0) > 0 ? (
        <p className="refusal">{t("desk.security.needs_factor")}</p>
      ) : null}
      <SecondFactor />
      <Password />
      <Everywhere />
    </section>
  );
}

function Password() {
  const { t, counted } = useWords();
  const [given, setGiven] = useState({ password: "", code: "", new_password: "" });
  const change = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/session/password", { body: given })),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const set = (name: keyof typeof given) => (value: string) =>
    setGiven((before) => ({ ...before, [name]: value }));
  return (
    <section aria-labelledby="password-title">
      <h2 id="password-title">{t("desk.security.password")}</h2>
      <Form onSubmit={submit}>
        <AccountField
          label={t("desk.security.old_password")}
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
        <AccountField
          label={t("desk.security.new_password")}
          value={given.new_password}
          onChange={set("new_password")}
          hidden
        />
        <Refusal error={change.error} />
        {change.data === undefined ? null : (
          <p role="status">{counted("desk.security.changed", change.data.ended)}</p>
        )}
        <Button type="submit" className="act" isDisabled={change.isPending}>
          {t("desk.security.change_password")}
        </Button>
      </Form>
    </section>
  );
}

function Everywhere() {
  const { t } = useWords();
  const end = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/session/sign-out-everywhere", { body: {} })),
    onSuccess: () => window.location.reload(),
  });
  return (
    <section aria-labelledby="everywhere-title">
      <h2 id="everywhere-title">{t("desk.security.sessions")}</h2>
      <p>{t("desk.security.everywhere_help")}</p>
      <Refusal error={end.error} />
      <Act
        label={t("desk.security.everywhere")}
        tone="danger"
        disabled={end.isPending}
        onAct={() => end.mutate()}
      />
    </section>
  );
}
