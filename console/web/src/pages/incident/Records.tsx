/** Below the first minute: the whole timeline in words, the readings as a table, the signals as they were stored. */
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { answer, api } from "../../api/client";
import type { Fire } from "../../live/events";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { useExplanation } from "./incident";
import { ReadingsTable } from "./ReadingsTable";
import { SentenceRow } from "./Why";

export function Records({ fire }: { fire: Fire }) {
  const { t, counted } = useWords();
  const sentences = useExplanation(fire.id).data?.explanation ?? [];
  return (
    <section aria-labelledby="records-title">
      <h2 id="records-title">{t("desk.records.title")}</h2>
      <details open>
        <summary>{counted("desk.records.timeline", sentences.length)}</summary>
        <ol className="sentences">
          {sentences.map((each) => (
            <SentenceRow key={`${each.at} ${each.text}`} sentence={each} />
          ))}
        </ol>
      </details>
      <Opened title={t("desk.records.readings")}>
        <ReadingsTable fire={fire} />
      </Opened>
      <Opened title={t("desk.records.signals")}>
        <SignalTable fire={fire} />
      </Opened>
    </section>
  );
}

/** What is asked for only once somebody opens it. */
function Opened({ title, children }: { title: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open ? children : null}
    </details>
  );
}

/** Signals that one look asks for. */
const MOST = 1_000;

function SignalTable({ fire }: { fire: Fire }) {
  const { t, name } = useWords();
  const asked = useQuery({
    queryKey: ["incident", fire.id, "signals"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/signals", {
          params: { query: { premises: fire.premises.id, limit: MOST } },
        }),
      ),
  });
  const signals = (asked.data?.signals ?? []).filter((each) => each.stored_at >= fire.opened_at - LEAD);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways, also by keyboard
    <div className="wide" tabIndex={0} role="region" aria-label={t("desk.records.signals")}>
      <table>
        <thead>
          <tr>
            <th>{t("desk.records.stored")}</th>
            <th>{t("desk.records.point")}</th>
            <th>{t("desk.records.kind")}</th>
            <th>{t("desk.records.reason")}</th>
            <th>{t("desk.records.value")}</th>
            <th>{t("desk.records.number")}</th>
          </tr>
        </thead>
        <tbody>
          {signals.map((each) => (
            <tr key={each.id}>
              <td>
                <Since at={each.stored_at} />
              </td>
              <td>{each.name}</td>
              <td>
                {name("kind", each.kind)} {each.edge}
              </td>
              <td>{name("reason", each.reason)}</td>
              <td>
                {each.quantity} {each.value}
              </td>
              <td>
                {each.gateway} {each.epoch}/{each.seq}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Microseconds before the incident from which signals are shown. */
const LEAD = 1_800_000_000;
