/** The statistics of a month, as a page that prints, and every report as PDF and as a spreadsheet. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Refused } from "../../api/client";
import type { Key } from "../../generated/keys";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { monthOf, type Period } from "./matters";
import { tablesOf } from "./report";
import { ReportTables } from "./ReportTables";

const REPORTS: readonly (readonly [name: string, title: Key])[] = [
  ["figures", "desk.shift.report_figures"],
  ["response", "desk.shift.report_response"],
  ["availability", "desk.shift.report_availability"],
  ["daily", "desk.shift.report_daily"],
  ["duties", "desk.shift.report_duties"],
  ["shifts", "desk.shift.report_shifts"],
];

const FORMS = ["pdf", "xlsx", "csv"] as const;

/** Milliseconds by which the clocks of Viet Nam are ahead of UTC. */
const AHEAD = 7 * 3_600_000;

const thisMonth = (): string => new Date(Date.now() + AHEAD).toISOString().slice(0, 7);

const addressOf = (name: string, form: string, period: Period, lang: string): string =>
  `/api/v1/reports/${name}.${form}?${new URLSearchParams({ ...period, lang }).toString()}`;

export function Reports() {
  const { t } = useWords();
  const [month, setMonth] = useState(thisMonth);
  const period = monthOf(month);
  return (
    <section aria-labelledby="reports-title">
      <h2 id="reports-title">{t("desk.shift.statistics")}</h2>
      <label className="month">
        {t("desk.shift.month")}
        <input type="month" value={month} onChange={(event) => setMonth(event.target.value)} />
      </label>
      {period === null ? null : (
        <>
          <Links period={period} />
          <Figures period={period} />
        </>
      )}
    </section>
  );
}

function Links({ period }: { period: Period }) {
  const { t, language } = useWords();
  return (
    <ul className="links no-print">
      {REPORTS.map(([name, title]) => (
        <li key={name}>
          {t(title)}:{" "}
          {FORMS.map((form) => (
            <a
              key={form}
              href={addressOf(name, form, period, language)}
              aria-label={`${t(title)} ${form.toUpperCase()}`}
              download
            >
              {form.toUpperCase()}
            </a>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Figures({ period }: { period: Period }) {
  const { t, language } = useWords();
  const figures = useQuery({
    queryKey: ["reports", "figures", period, language],
    queryFn: async () => {
      const response = await fetch(addressOf("figures", "json", period, language));
      const said = (await response.json()) as { error?: string };
      if (!response.ok) throw new Refused(response.status, said);
      return tablesOf(said);
    },
    staleTime: 60_000,
  });
  return (
    <>
      <Refusal error={figures.error} />
      {figures.isPending ? <p role="status">{t("desk.shift.counting")}</p> : null}
      <ReportTables tables={figures.data ?? []} />
    </>
  );
}
