/** Trying a contact: one message now, which says that it is a trial and no alarm. */
import { useMutation } from "@tanstack/react-query";

import { answer, api, type Schemas } from "../../../api/client";
import { useWhyNot } from "../../../data/may";
import { Act } from "../../../parts/Act";
import { Refusal } from "../../../parts/Refusal";
import { failureInWords } from "../../../words/coded";
import { useCodedWords, useWords } from "../../../words/words";
import { asked } from "../asked";

export default function TryContact({ contact }: { contact: string }) {
  const { t } = useWords();
  const why = useWhyNot("registry:write");
  const attempt = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/trials", { body: asked<Schemas["TrialRequest"]>({ contact }) })),
  });
  return (
    <section aria-labelledby="trial-title">
      <h2 id="trial-title">{t("desk.registry.trial")}</h2>
      <p>{t("desk.registry.trial_help")}</p>
      <Act
        label={t("desk.registry.trial_send")}
        disabled={attempt.isPending}
        {...(why === null ? {} : { why })}
        onAct={() => attempt.mutate()}
      />
      <div role="status">
        {attempt.isPending ? <p>{t("desk.registry.trial_waits")}</p> : null}
        {attempt.data === undefined ? null : <Outcomes outcomes={attempt.data.outcomes} />}
      </div>
      <Refusal error={attempt.error} />
    </section>
  );
}

const RESULTS = {
  delivered: "desk.registry.trial_delivered",
  refused: "desk.registry.trial_refused",
  try_later: "desk.registry.trial_later",
  no_answer: "desk.registry.trial_no_answer",
  under_way: "desk.registry.trial_under_way",
} as const;

function Outcomes({ outcomes }: { outcomes: readonly Schemas["TrialOutcome"][] }) {
  const words = useCodedWords();
  const { t, name } = words;
  return (
    <ul className="rows">
      {outcomes.map(({ channel, result, reason, coded }) => (
        <li key={channel}>
          <strong>{name("value", `ChannelKind.${channel}`)}</strong>
          <span>{t(RESULTS[result])}</span>
          <span className="quiet">{failureInWords(reason, coded, words)}</span>
        </li>
      ))}
    </ul>
  );
}
