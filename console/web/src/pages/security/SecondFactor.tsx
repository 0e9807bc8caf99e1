/** Enrolling a device for one-time codes: its secret, a code that proves it, the recovery codes. */
import { useMutation } from "@tanstack/react-query";
import { lazy, Suspense, useState, type SyntheticEvent } from "react";
import { Button, Form } from "react-aria-components";

import { answer, api } from "../../api/client";
import { AccountField } from "../../parts/AccountField";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";

/** Loaded where a device is enrolled: no other page draws such a code. */
const LinkCode = lazy(() => import("./LinkCode"));

export function SecondFactor() {
  const { t } = useWords();
  const [password, setPassword] = useState("");
  const begin = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/session/second-factor", { body: { password } })),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    begin.mutate();
  };
  return (
    <section aria-labelledby="factor-title">
      <h2 id="factor-title">{t("desk.security.factor")}</h2>
      <p>{t("desk.security.factor_help")}</p>
      {begin.data === undefined ? (
        <Form onSubmit={submit}>
          <AccountField
            label={t("desk.security.old_password")}
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
            hidden
          />
          <Refusal error={begin.error} />
          <Button type="submit" className="act" isDisabled={begin.isPending}>
            {t("desk.security.enrol")}
          </Button>
        </Form>
      ) : (
        <Proof secret={begin.data.secret} link={begin.data.link} />
      )}
    </section>
  );
}

/** Letters in fours, as a person copies them. */
const inFours = (secret: string) => secret.match(/.{1,4}/g)?.join(" ") ?? secret;

function Proof({ secret, link }: { secret: string; link: string }) {
  const { t } = useWords();
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/session/second-factor/confirm", { body: { code } })),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  if (confirm.data !== undefined) return <Recovery codes={confirm.data.recovery_codes} />;
  return (
    <Form onSubmit={submit}>
      <Suspense>
        <LinkCode link={link} />
      </Suspense>
      <p>
        {t("desk.security.secret")} <code className="secret">{inFours(secret)}</code>
      </p>
      <p>
        <a href={link}>{t("desk.security.open_app")}</a>
      </p>
      <AccountField
        label={t("desk.security.code")}
        value={code}
        onChange={setCode}
        autoComplete="one-time-code"
      />
      <Refusal error={confirm.error} />
      <Button type="submit" className="act act-first" isDisabled={confirm.isPending}>
        {t("desk.security.prove")}
      </Button>
    </Form>
  );
}

function Recovery({ codes }: { codes: readonly string[] }) {
  const { t } = useWords();
  return (
    <div role="status">
      <p>{t("desk.security.recovery")}</p>
      <ul>
        {codes.map((each) => (
          <li key={each}>
            <code className="secret">{each}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
