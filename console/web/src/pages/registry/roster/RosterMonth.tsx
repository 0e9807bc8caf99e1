/** A roster by the days of a month; a time without anybody is marked by a pattern and a word. */
import { useState, type CSSProperties } from "react";

import { Act } from "../../../parts/Act";
import { useNow } from "../../../time/now";
import { useWords } from "../../../words/words";
import { useChoices } from "../data";
import type { Row } from "../form/values";
import { localMoment } from "../policy/moments";
import {
  dutyOn,
  hour,
  monthAfter,
  monthOf,
  weekdayOf,
  type Exception,
  type Shift,
  type Span,
} from "./duty";

export default function RosterMonth({ roster }: { roster: Row }) {
  const { t, counted, language } = useWords();
  const { wall } = useNow();
  const [month, setMonth] = useState(0);
  const days = monthOf(monthAfter(localMoment(wall), month));
  const people = useChoices("contacts", undefined);
  const shifts = (roster["shifts"] ?? []) as Shift[];
  const exceptions = (roster["exceptions"] ?? []) as Exception[];
  const duty = days.map((day) => ({ day, spans: dutyOn(day, shifts, exceptions) }));
  const holes = duty.flatMap(({ spans }) => spans.filter((each) => each.who.length === 0)).length;
  const title = new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" });
  return (
    <section aria-labelledby="month-title" className="roster">
      <h2 id="month-title">{title.format(Date.parse(`${days[0] ?? ""}T00:00:00Z`))}</h2>
      <p className={holes > 0 ? "refusal holes" : undefined} role="status">
        {holes === 0 ? t("desk.registry.no_holes") : counted("desk.registry.holes", holes)}
      </p>
      <div className="acts">
        <Act label={t("desk.registry.month_before")} onAct={() => setMonth(month - 1)} />
        <Act label={t("desk.registry.month_after")} onAct={() => setMonth(month + 1)} />
      </div>
      <ol className="month">
        {duty.map(({ day, spans }) => (
          <li key={day} style={{ "--weekday": weekdayOf(day) } as CSSProperties}>
            <Day
              day={day}
              spans={spans}
              nameOf={(id) => people.find((one) => one.id === id)?.name ?? id}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface DayProps {
  day: string;
  spans: readonly Span[];
  nameOf: (id: string) => string;
}

function Day({ day, spans, nameOf }: DayProps) {
  const { t, language } = useWords();
  const named = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", timeZone: "UTC" });
  return (
    <>
      <h3>{named.format(Date.parse(`${day}T00:00:00Z`))}</h3>
      <ul>
        {spans.map(({ begin, end, who }) => (
          <li key={begin} className={who.length === 0 ? "hole" : undefined}>
            <span className="hours">
              {hour(begin)}–{hour(end)}
            </span>{" "}
            {who.length === 0 ? t("desk.registry.hole") : who.map(nameOf).join(", ")}
          </li>
        ))}
      </ul>
    </>
  );
}
