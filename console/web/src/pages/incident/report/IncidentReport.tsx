/** The report of one fire, as a page that prints: outcome, clocks, points, forces, people told, acts, timeline. */
import { useLocation, useParams } from "wouter";

import { KEYS } from "../../../app/keyTable";
import { usePeople } from "../../../fires/people";
import { incidentPath } from "../../../fires/fires";
import { placeText } from "../../../fires/place";
import type { Fire } from "../../../live/events";
import { useCenterNow, useLive } from "../../../live/live";
import { Act } from "../../../parts/Act";
import { Refusal } from "../../../parts/Refusal";
import { ExerciseMark } from "../../../training/ExerciseMark";
import { writtenFull } from "../../../time/written";
import { useWords } from "../../../words/words";
import { ReportTables } from "../../shift/ReportTables";
import { textOf } from "../Checklist";
import { useExplanation, useIncident, useProcedure, useRefresh, useScene } from "../incident";
import { lateness } from "./lateness";
import { actRows, clockRows, closersOf, forceRows, personOf, pointRows, toldRows } from "./report";
import "./report.css";

export default function IncidentReport() {
  const { t } = useWords();
  const { id } = useParams<{ id: string }>();
  useRefresh(id);
  const { incident, error } = useIncident(id);
  if (incident === undefined)
    return error === null ? <p role="status">{t("desk.loading")}</p> : <Refusal error={error} />;
  return incident.kind === "fire" ? <FireReport fire={incident} /> : <p>{t("desk.report.fires")}</p>;
}

function FireReport({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const [, go] = useLocation();
  return (
    <article aria-labelledby="report-title" className="fire-report">
      <div className="no-print acts-row">
        <Act
          label={t("desk.report.print")}
          shortcut={KEYS.print}
          tone="first"
          onAct={() => window.print()}
        />
        <Act
          label={t("desk.report.back")}
          shortcut={KEYS.back}
          onAct={() => go(incidentPath(fire.id))}
        />
      </div>
      <Head fire={fire} />
      <Outcome fire={fire} />
      <Tables fire={fire} />
      <Timeline id={fire.id} />
      <div className="signatures">
        <p>{t("desk.report.officer")}</p>
        <p>{t("desk.report.commander")}</p>
      </div>
    </article>
  );
}

function Head({ fire }: { fire: Fire }) {
  const { t, language } = useWords();
  const now = useCenterNow();
  const who = useLive((live) => live.who?.name ?? "");
  return (
    <header>
      <p>
        <ExerciseMark fire={fire} />
      </p>
      <h1 id="report-title">{t("desk.report.title", { name: fire.premises.name })}</h1>
      <p>{placeText(fire.premises.address, fire.queue?.area_name)}</p>
      <p className="quiet">
        {t("desk.report.number", { id: fire.id })} ·{" "}
        {t("desk.report.made", { by: who, at: writtenFull(now, language) })}
      </p>
    </header>
  );
}

/** The outcome; a fire that is still open says so, so that nobody takes the report for the last word. */
function Outcome({ fire }: { fire: Fire }) {
  const words = useWords();
  const { t, name, language } = words;
  if (fire.closed_at === null)
    return <p className="report-open">{t("desk.report.open", { phase: name("phase", fire.phase) })}</p>;
  const facts = [
    [t("desk.close.outcome"), name("outcome", fire.outcome ?? "")],
    [t("desk.close.cause"), fire.cause === null ? t("desk.close.unknown") : name("cause", fire.cause)],
    [
      t("desk.report.closed_by"),
      `${closersOf(fire.timeline ?? [], words) ?? fire.closed_by ?? ""}, ${writtenFull(fire.closed_at, language)}`,
    ],
    [t("desk.report.owner"), fire.owner ?? t("desk.queue.nobody")],
  ] as const;
  return (
    <dl className="facts">
      {facts.map(([label, text]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function Tables({ fire }: { fire: Fire }) {
  const words = useWords();
  const { t } = words;
  const shown = usePeople();
  const explained = useExplanation(fire.id).data;
  const scene = useScene(fire.id).data;
  const [time, person] = [t("desk.records.time"), t("desk.report.person")];
  const tables = [
    {
      title: t("desk.report.clocks"),
      columns: [t("desk.report.step"), time, t("desk.report.after")],
      rows: clockRows(fire, explained?.milestones ?? {}, words),
    },
    {
      title: t("desk.report.points"),
      columns: [
        "#",
        t("desk.report.place"),
        t("desk.records.point"),
        t("desk.report.zone"),
        time,
        t("desk.report.restored"),
      ],
      rows: pointRows(fire, scene, words),
    },
    {
      title: t("desk.report.forces"),
      columns: [t("desk.dispatch.units"), t("desk.report.sent"), t("desk.report.there")],
      rows: forceRows(fire, words),
    },
    {
      title: t("desk.told.title"),
      columns: [
        person,
        t("desk.report.channels"),
        t("desk.told.told"),
        t("desk.told.delivered"),
        t("desk.told.seen"),
        t("desk.told.answered"),
      ],
      rows: toldRows(fire.told ?? [], shown, words),
    },
    {
      title: t("desk.report.acts"),
      columns: [time, t("desk.report.act"), person, t("desk.report.said")],
      rows: actRows(fire.timeline ?? [], words, personOf(fire.told ?? [])),
    },
    useStepTable(fire.id),
  ].filter((each) => each.rows.length > 0);
  const reached = fire.queue?.reached;
  const notes: Record<string, string> =
    reached === undefined ? {} : { [t("desk.told.title")]: t("desk.queue.reached", { ...reached }) };
  return (
    <ReportTables
      tables={tables.map((each) => ({ ...each, table: each.title, note: notes[each.title] ?? "" }))}
    />
  );
}

/** The procedure: also what was left undone. */
function useStepTable(id: string) {
  const words = useWords();
  const { t, language } = words;
  const steps = useProcedure(id).data?.steps ?? [];
  return {
    title: t("desk.steps.title"),
    columns: [
      t("desk.report.step"),
      t("desk.report.person"),
      t("desk.records.time"),
      t("desk.report.said"),
    ],
    rows: steps.map((each) => [
      textOf(each, language),
      each.by ?? "—",
      each.at === null ? "—" : writtenFull(each.at, language),
      [
        each.state === "open" || each.state === "late"
          ? t("desk.report.undone")
          : each.state === "skipped"
            ? t("desk.report.skipped", { reason: each.reason })
            : t("desk.steps.done"),
        ...lateness(each, words),
      ].join(", "),
    ]),
  };
}

function Timeline({ id }: { id: string }) {
  const { t, language } = useWords();
  const sentences = useExplanation(id).data?.explanation ?? [];
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t("desk.report.timeline")}</h2>
      <ol className="sentences">
        {sentences.map((each, index) => (
          <li key={`${each.at} ${index}`}>
            <time>{writtenFull(each.at, language)}</time> <span>{each.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
