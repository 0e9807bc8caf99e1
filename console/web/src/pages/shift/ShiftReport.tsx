/** The report of the shift: its fires with their outcomes, and how many other matters there were. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import type { Incident } from "../../live/events";
import { Refusal } from "../../parts/Refusal";
import { useNow } from "../../time/now";
import { writtenFull } from "../../time/written";
import { useWords } from "../../words/words";
import { useHandOvers } from "./handOvers";
import { firesSince, othersSince, shiftBegin } from "./happened";

/** Incidents that are read: far more than a shift has. */
const MOST = 1_000;

const LOOK_EACH = 30_000;

export function ShiftReport() {
  const { t, name, language } = useWords();
  const { wall } = useNow();
  const handOvers = useHandOvers();
  const incidents = useQuery({
    queryKey: ["incidents", "of-shift"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/incidents", {
          params: { query: { state: "all", kind: "all", limit: MOST } },
        }),
      ),
    refetchInterval: LOOK_EACH,
  });
  const begin = shiftBegin(handOvers.data?.hand_overs ?? [], wall * 1_000);
  const since = begin.at;
  const all = incidents.data?.incidents ?? [];
  const fires = firesSince(all, since);
  return (
    <section aria-labelledby="report-title">
      <h2 id="report-title">{t("desk.shift.report")}</h2>
      <p>
        {t(begin.signed ? "desk.shift.report_since" : "desk.shift.report_unsigned", {
          since: writtenFull(since, language),
          until: writtenFull(wall * 1_000, language),
        })}
      </p>
      <Refusal error={incidents.error} />
      {fires.length === 0 ? <p>{t("desk.shift.no_fires")}</p> : <Fires fires={fires} />}
      <ul className="others">
        {othersSince(all, since).map(([kind, count]) => (
          <li key={kind}>
            {name("case", kind)}: {count}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Fires({ fires }: { fires: readonly Incident[] }) {
  const { t, name, language } = useWords();
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways, also by keyboard
    <div className="report" tabIndex={0} role="region" aria-label={t("desk.shift.fires_of_shift")}>
      <table>
        <caption>
          {t("desk.shift.fires_of_shift")} ({fires.length})
        </caption>
        <thead>
          <tr>
            <th scope="col">{t("desk.shift.premises")}</th>
            <th scope="col">{t("desk.shift.opened")}</th>
            <th scope="col">{t("desk.shift.phase")}</th>
            <th scope="col">{t("desk.shift.owner")}</th>
            <th scope="col">{t("desk.shift.closed")}</th>
          </tr>
        </thead>
        <tbody>
          {fires.map((each) => (
            <tr key={each.id}>
              <th scope="row">
                <Link href={`/incidents/${each.id}`}>{each.premises.name || each.premises.id}</Link>
              </th>
              <td>{writtenFull(each.opened_at, language)}</td>
              <td>{name("phase", each.phase)}</td>
              <td>{each.owner ?? "—"}</td>
              <td>{each.closed_at === null ? "—" : writtenFull(each.closed_at, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
