/** The signals of the premises as they were stored, from half an hour before the fire to its end: all, page by page. */
import { useInfiniteQuery } from "@tanstack/react-query";

import { answer, api, type Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { Act } from "../../parts/Act";
import { Refusal } from "../../parts/Refusal";
import { writtenFull } from "../../time/written";
import { useWords } from "../../words/words";
import { measured } from "./figures";
import { quantityText } from "./quantities";

type Signal = Schemas["SignalRecord"];

/** Signals that one look asks for. */
const PAGE = 500;

/** Microseconds before the incident from which signals are shown. */
const LEAD = 1_800_000_000;

function useSignals(fire: Fire) {
  const bounds = {
    premises: fire.premises.id,
    limit: PAGE,
    stored_from: Math.max(0, fire.opened_at - LEAD),
    ...(fire.closed_at === null ? {} : { stored_to: fire.closed_at }),
  };
  return useInfiniteQuery({
    // Not below the incident: whatever happens in it would ask for all pages again.
    queryKey: ["signals", fire.id],
    staleTime: Infinity,
    queryFn: ({ pageParam: after }) =>
      answer(api.GET("/api/v1/signals", { params: { query: { ...bounds, after } } })),
    initialPageParam: 0,
    // A page that is not full is the last one by now; a later look finds what came since.
    getNextPageParam: ({ signals }) => (signals.length < PAGE ? undefined : signals.at(-1)?.id),
  });
}

export function SignalTable({ fire }: { fire: Fire }) {
  const { t, counted } = useWords();
  const asked = useSignals(fire);
  const signals = (asked.data?.pages ?? []).flatMap((each) => each.signals);
  const more = asked.hasNextPage;
  return (
    <>
      <Refusal error={asked.error} />
      <p role="status">
        {counted(more ? "desk.records.first" : "desk.records.all", signals.length)}{" "}
        {more || fire.closed_at === null ? (
          <Act
            label={t(more ? "desk.records.more" : "desk.records.renew")}
            disabled={asked.isFetching}
            onAct={() => void (more ? asked.fetchNextPage() : asked.refetch())}
          />
        ) : null}
      </p>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways, also by keyboard */}
      <div className="wide" tabIndex={0} role="region" aria-label={t("desk.records.signals")}>
        <table>
          <SignalHead />
          <tbody>
            {signals.map((each) => (
              <SignalRow key={each.id} signal={each} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const COLUMNS = [
  "desk.records.stored",
  "desk.records.point",
  "desk.records.kind",
  "desk.records.reason",
  "desk.records.value",
  "desk.records.number",
] as const;

function SignalHead() {
  const { t } = useWords();
  return (
    <thead>
      <tr>
        {COLUMNS.map((each) => (
          <th key={each} scope="col">
            {t(each)}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function SignalRow({ signal }: { signal: Signal }) {
  const { t, name, language } = useWords();
  const { quantity, value } = signal;
  return (
    <tr>
      <td>{writtenFull(signal.stored_at, language)}</td>
      <td>{signal.name}</td>
      <td>
        {name("kind", signal.kind)}
        {signal.edge === "restored" ? ` (${t("desk.incident.restored")})` : ""}
      </td>
      <td>{name("reason", signal.reason)}</td>
      <td>
        {quantity === null ? "" : quantityText(quantity, t)}{" "}
        {value === null ? "" : measured(value, "", language)}
      </td>
      <td>
        {signal.gateway} {signal.epoch}/{signal.seq}
      </td>
    </tr>
  );
}
