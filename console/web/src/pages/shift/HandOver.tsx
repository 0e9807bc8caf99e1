/** Hands the shift over: whoever goes signs what the center lists as open, whoever comes signs in, and signs it too. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer, api, type Schemas } from "../../api/client";
import { useLive } from "../../live/live";
import { Act } from "../../parts/Act";
import { Refusal } from "../../parts/Refusal";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { TakeOver } from "./TakeOver";

const HAND_OVERS = ["shifts"];

/** Milliseconds between two looks: another screen may have signed. */
const LOOK_EACH = 10_000;

type Signed = Schemas["ShiftHandOver"];

export function HandOver() {
  const { t } = useWords();
  const me = useLive((live) => live.who?.account ?? "");
  const queries = useQueryClient();
  const listed = useQuery({
    queryKey: HAND_OVERS,
    queryFn: () =>
      answer(
        api.GET("/api/v1/shifts/hand-over", {
          params: { query: { limit: 3 } },
        }),
      ),
    refetchInterval: LOOK_EACH,
  });
  const give = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/shifts/hand-over", { body: { by: null, note: "" } })),
    onSettled: () => queries.invalidateQueries({ queryKey: HAND_OVERS }),
  });
  return (
    <section aria-labelledby="hand-over-title">
      <h2 id="hand-over-title">{t("desk.shift.hand_over")}</h2>
      <div className="no-print">
        <p>{t("desk.shift.how")}</p>
        <Act
          label={t("desk.shift.give")}
          onAct={() => give.mutate()}
          disabled={give.isPending}
          tone="first"
        />
      </div>
      <Refusal error={give.error ?? listed.error} />
      {listed.data?.hand_overs.map((each) => (
        <Signatures key={each.id} signed={each} me={me} />
      ))}
    </section>
  );
}

function Signatures({ signed, me }: { signed: Signed; me: string }) {
  const { t, counted } = useWords();
  const { given, received } = signed;
  return (
    <article className="signed">
      <p>
        {t("desk.shift.given_by", { by: given.by })} <Since at={given.at} /> ·{" "}
        {counted("desk.shift.with_open", signed.total)}
      </p>
      {received === null ? (
        <p role="status">
          <b>{t("desk.shift.not_received")}</b>
        </p>
      ) : (
        <p>
          {t("desk.shift.received_by", { by: received.by })} <Since at={received.at} />
        </p>
      )}
      {received === null && given.account === me ? <TakeOver /> : null}
      {received === null && given.account !== me ? <SignIt id={signed.id} /> : null}
    </article>
  );
}

/** The signature of the one who comes. */
function SignIt({ id }: { id: number }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const sign = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/shifts/hand-over/signature", {
          body: { by: null, hand_over: id, note: "" },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: HAND_OVERS }),
  });
  return (
    <div className="no-print">
      <Act
        label={t("desk.shift.sign")}
        onAct={() => sign.mutate()}
        disabled={sign.isPending}
        tone="first"
      />
      <Refusal error={sign.error} />
    </div>
  );
}
