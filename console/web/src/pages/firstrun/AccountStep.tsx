/** The account of whoever signed in: it counts once a device for one-time codes is enrolled. */
import { useState } from "react";

import type { WhoAsks } from "../../live/events";
import { useWords } from "../../words/words";
import { SecondFactor } from "../security/SecondFactor";
import { StartStep } from "./StartStep";

export function AccountStep({ who }: { who: WhoAsks }) {
  const { t } = useWords();
  const done = who.missing.length === 0;
  // The recovery codes are shown once: they stay on the page when the step is done.
  const [enrols] = useState(!done);
  return (
    <StartStep title={t("desk.start.account")} done={done}>
      <p>{t("desk.start.account_is", { name: who.name, account: who.account })}</p>
      {who.missing.includes("code") ? <p>{t("desk.start.code")}</p> : null}
      {enrols ? <SecondFactor /> : null}
      {done && enrols ? <p role="status">{t("desk.start.account_done")}</p> : null}
    </StartStep>
  );
}
