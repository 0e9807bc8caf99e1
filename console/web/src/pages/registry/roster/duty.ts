/** Who is on duty on the days of a month, by a roster in its own local time. Pure; as registry/domain/rosters.py decides. */

export interface Shift {
  begin: string;
  end: string;
  who: string[];
  days?: string[];
}

export interface Exception {
  begin: string;
  end: string;
  who: string[];
}

export interface Span {
  /** Minutes since midnight. */
  begin: number;
  end: number;
  who: string[];
}

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY_MINUTES = 1_440;

const minutes = (hour: string) => Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3, 5));

const shifted = (day: string, by: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);

const weekday = (day: string) => DAYS[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? "";

/** The parts of *day* that *shift* covers: its own begin, and the end of the one of the day before. */
function spansOf(shift: Shift, day: string): Span[] {
  const [begin, end] = [minutes(shift.begin), minutes(shift.end)];
  const on = (each: string) => (shift.days ?? DAYS).includes(weekday(each));
  const passes = end <= begin;
  const spans: Span[] = [];
  if (on(day)) spans.push({ begin, end: passes ? DAY_MINUTES : end, who: shift.who });
  if (passes && end > 0 && on(shifted(day, -1))) spans.push({ begin: 0, end, who: shift.who });
  return spans;
}

function exceptionSpan(exception: Exception, day: string): Span | null {
  const at = (moment: string) =>
    moment.slice(0, 10) < day ? 0 : moment.slice(0, 10) > day ? DAY_MINUTES : minutes(moment.slice(11));
  const [begin, end] = [at(exception.begin), at(exception.end)];
  return begin < end ? { begin, end, who: exception.who } : null;
}

/** The day in parts of the same people, in order; a part without anybody is a hole. */
export function dutyOn(day: string, shifts: readonly Shift[], exceptions: readonly Exception[]): Span[] {
  const regular = shifts.flatMap((each) => spansOf(each, day));
  const instead = exceptions.map((each) => exceptionSpan(each, day)).filter((each) => each !== null);
  const ends = [0, DAY_MINUTES, ...[...regular, ...instead].flatMap(({ begin, end }) => [begin, end])];
  const cuts = [...new Set(ends)].sort((one, other) => one - other);
  const spans = cuts.slice(0, -1).map((begin, index) => {
    const holds = (span: Span) => span.begin <= begin && begin < span.end;
    const exception = instead.find(holds);
    const who = exception?.who ?? [...new Set(regular.filter(holds).flatMap((span) => span.who))];
    return { begin, end: cuts[index + 1] ?? DAY_MINUTES, who };
  });
  return joined(spans);
}

function joined(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of spans) {
    const last = found.at(-1);
    if (last?.who.join() === span.who.join()) last.end = span.end;
    else found.push({ ...span });
  }
  return found;
}

/** The first day of the month that is *by* months after the one of *day*. */
export function monthAfter(day: string, by: number): string {
  const first = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 + by, 1);
  return new Date(first).toISOString().slice(0, 10);
}

/** The day of the week of *day*: 1 is Monday, with which a week begins in Viet Nam, 7 is Sunday. */
export const weekdayOf = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

/** The days of the month of *day*, in order. */
export function monthOf(day: string): string[] {
  const first = `${day.slice(0, 7)}-01`;
  return Array.from({ length: 31 }, (_, number) => shifted(first, number)).filter(
    (each) => each.slice(0, 7) === day.slice(0, 7),
  );
}

export const hour = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
