/** The page of a link that works once: it makes the first administrator, or sets the password of who was invited. */
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button, Form } from "react-aria-components";

import { LanguageChoice } from "../../app/LanguageChoice";
import { answer, api } from "../../api/client";
import { AccountField } from "../../parts/AccountField";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import "./security.css";

/** The code stands behind the `#` of the link, which no browser sends to any server. */
const codeOfLink = () => window.location.hash.slice(1);

export default function SetupPage() {
  const { t } = useWords();
  const [link, setLink] = useState(codeOfLink);
  const [name, setName] = useState("");
  const [shown, setShown] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [onDuty, setOnDuty] = useState(true);
  const setUp = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/setup", {
          body: { link, password, name, display_name: shown, on_duty: name !== "" && onDuty },
        }),
      ),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (password === again) setUp.mutate();
  };
  if (setUp.data !== undefined) return <Ready account={setUp.data.account} first={name !== ""} />;
  return (
    <main className="sign-in">
      <h1>{t("desk.setup.title")}</h1>
      <p>{t("desk.setup.about")}</p>
      <Form onSubmit={submit}>
        <AccountField label={t("desk.setup.link")} value={link} onChange={setLink} autoComplete="off" />
        <AccountField
          label={t("desk.setup.name")}
          value={name}
          onChange={setName}
          autoComplete="username"
          optional
        />
        <AccountField
          label={t("desk.setup.display_name")}
          value={shown}
          onChange={setShown}
          autoComplete="name"
          optional
        />
        <AccountField
          label={t("desk.security.new_password")}
          value={password}
          onChange={setPassword}
          hidden
        />
        <AccountField label={t("desk.security.again")} value={again} onChange={setAgain} hidden />
        {name === "" ? null : <OnDuty chosen={onDuty} onChoose={setOnDuty} />}
        {password !== again && again !== "" ? <Differ /> : null}
        <Refusal error={setUp.error} />
        <Button type="submit" className="act act-first" isDisabled={setUp.isPending}>
          {t("desk.setup.act")}
        </Button>
      </Form>
      <LanguageChoice />
    </main>
  );
}

function Differ() {
  const { t } = useWords();
  return (
    <p role="alert" className="refusal">
      {t("desk.security.differ")}
    </p>
  );
}

interface OnDutyProps {
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
}

/** Whether the first administrator acts on fires, too. */
function OnDuty({ chosen, onChoose }: OnDutyProps) {
  const { t } = useWords();
  return (
    <label className="choice">
      <input type="checkbox" checked={chosen} onChange={(event) => onChoose(event.target.checked)} />
      <span>{t("desk.setup.on_duty")}</span>
    </label>
  );
}

/** Who made the first account is led on through the first start, others to their device for codes. */
function Ready({ account, first }: { account: string; first: boolean }) {
  const { t } = useWords();
  return (
    <main className="sign-in">
      <h1>{t("desk.setup.title")}</h1>
      <p role="status">{t("desk.setup.ready", { account })}</p>
      <a href={first ? "/start" : "/security"} className="act act-first">
        {t("desk.sign_in.act")}
      </a>
    </main>
  );
}
