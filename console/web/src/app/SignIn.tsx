/** Signing in with a name, a password and a one-time code where one is enrolled. */
import { useMutation, useQuery } from "@tanstack/react-query";
import type { SyntheticEvent } from "react";
import { Button, Form } from "react-aria-components";

import { answer, api } from "../api/client";
import { Refusal } from "../parts/Refusal";
import { SignInFields, useSignInGiven } from "../parts/SignInFields";
import { useWords } from "../words/words";
import { LanguageChoice } from "./LanguageChoice";

export function SignIn({ onDone }: { onDone: () => void }) {
  const { t } = useWords();
  const [given, setGiven] = useSignInGiven();
  const signIn = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/session", { body: given })),
    onSuccess: onDone,
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <main className="sign-in">
      <h1>Tocsin</h1>
      <Form onSubmit={submit}>
        <SignInFields given={given} onChange={setGiven} first />
        <Refusal error={signIn.error} />
        <Button type="submit" className="act act-first" isDisabled={signIn.isPending}>
          {t("desk.sign_in.act")}
        </Button>
      </Form>
      <OtherWay />
      <FirstAccount />
      <LanguageChoice />
    </main>
  );
}

/** The way to the first account, shown where the center has none. */
function FirstAccount() {
  const { t } = useWords();
  const state = useQuery({
    queryKey: ["setup"],
    queryFn: () => answer(api.GET("/api/v1/setup", {})),
    retry: false,
  });
  if (state.data?.has_accounts !== false) return null;
  return (
    <p>
      <a href="/setup">{t("desk.start.new_center")}</a>
    </p>
  );
}

/** The way by a provider of OpenID Connect, shown where the center has one. */
function OtherWay() {
  const { t } = useWords();
  const there = useQuery({
    queryKey: ["openid"],
    queryFn: hasProvider,
    staleTime: Infinity,
    retry: false,
  });
  if (there.data !== true) return null;
  return (
    <p>
      <a href={PROVIDER}>{t("desk.sign_in.provider")}</a>
    </p>
  );
}

const PROVIDER = "/api/v1/session/openid/start";

/** The center answers with the way to its provider, which is not followed here, or that it has none. */
async function hasProvider(): Promise<boolean> {
  const answered = await fetch(PROVIDER, { redirect: "manual" });
  return answered.type === "opaqueredirect";
}
