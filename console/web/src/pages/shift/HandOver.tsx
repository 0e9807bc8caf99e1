/** Hands the shift over: whoever goes signs what the center lists as open, whoever comes signs in, and signs it too. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api, type Schemas } from "../../api/client";
import { useLive } from "../../live/live";
import { Act } from "../../parts/Act";
import { Refusal } from "../../parts/Refusal";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { HAND_OVERS, useHandOvers } from "./handOvers";
import { useReading } from "./reading";
import { SignedMatters } from "./SignedMatters";
import { TakeOver } from "./TakeOver";
import { Unread } from "./Unread";

/** Whoever gives the shift begins to read at the first matter. */
const NONE: readonly string[] = [];

type Signed = Schemas["ShiftHandOver"];

export function HandOver() {
  const { t } = useWords();
  const me = useLive((live) => live.who?.account ?? "");
  const queries = useQueryClient();
  const listed = useHandOvers();
  const [note, setNote] = useState("");
  const reading = useReading(NONE);
  const give = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/shifts/hand-over", { body: { by: null, note, read: reading.read } })),
    onSuccess: () => setNote(""),
    onSettled: () => queries.invalidateQueries({ queryKey: HAND_OVERS }),
  });
  return (
    <section aria-labelledby="hand-over-title">
      <h2 id="hand-over-title">{t("desk.shift.hand_over")}</h2>
      <div className="no-print">
        <p>{t("desk.shift.how")}</p>
        <NoteField note={note} onChange={setNote} />
        <Unread reading={reading} />
        <Act
          label={t("desk.shift.give")}
          onAct={() => give.mutate()}
          disabled={give.isPending || reading.fresh.length > 0}
          tone="first"
        />
      </div>
      <Refusal error={give.error ?? listed.error} />
      {listed.data?.hand_overs.map((each, index) => (
        <Signatures key={each.id} signed={each} me={me} isLatest={index === 0} />
      ))}
    </section>
  );
}

function NoteField({ note, onChange }: { note: string; onChange: (note: string) => void }) {
  const { t } = useWords();
  return (
    <label className="note">
      {t("desk.shift.note")}
      <textarea rows={3} value={note} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

interface SignaturesProps {
  signed: Signed;
  me: string;
  isLatest: boolean;
}

function Signatures({ signed, me, isLatest }: SignaturesProps) {
  const { t, counted } = useWords();
  const { given, received } = signed;
  return (
    <article className={isLatest ? "signed" : "signed no-print"}>
      <p>
        {t("desk.shift.given_by", { by: given.by })} <Since at={given.at} /> ·{" "}
        {counted("desk.shift.with_open", signed.total)}
      </p>
      {given.note === "" ? null : <blockquote>{given.note}</blockquote>}
      {received === null ? (
        <p role="status">
          <b>{t("desk.shift.not_received")}</b>
        </p>
      ) : (
        <>
          <p>
            {t("desk.shift.received_by", { by: received.by })} <Since at={received.at} />
          </p>
          {received.note === "" ? null : <blockquote>{received.note}</blockquote>}
        </>
      )}
      <SignedMatters signed={signed} isOpen={isLatest} />
      {received === null && given.account === me ? <TakeOver /> : null}
      {received === null && given.account !== me ? <SignIt signed={signed} /> : null}
    </article>
  );
}

/** The signature of the one who comes. */
function SignIt({ signed }: { signed: Signed }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [note, setNote] = useState("");
  const reading = useReading(signed.matters.map((each) => each.incident));
  const sign = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/shifts/hand-over/signature", {
          body: { by: null, hand_over: signed.id, note, read: reading.read },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: HAND_OVERS }),
  });
  return (
    <div className="no-print">
      <NoteField note={note} onChange={setNote} />
      <Unread reading={reading} />
      <Act
        label={t("desk.shift.sign")}
        onAct={() => sign.mutate()}
        disabled={sign.isPending || reading.fresh.length > 0}
        tone="first"
      />
      <Refusal error={sign.error} />
    </div>
  );
}
