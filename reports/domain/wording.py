"""Makes the tables of reports, in the words of a language."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contract.incidents import IncidentCause, IncidentKind
from contract.times import SECOND, Micros
from duties.domain.fulfilment import Fulfilment, FulfilmentTally, done_share
from reports.domain.availability import NO_TIME, PremisesAvailability, TimeShare
from reports.domain.document import ReportColumn, ReportDocument, ReportTable, Value, ValueKind
from reports.domain.exposure import DAY, YEAR_DAYS, Exposure, rate
from reports.domain.figures import IncidentFigures, Outcomes
from reports.domain.incident_fact import EXERCISES, NOT_NAMED, ReportedOutcome
from reports.domain.keys import ColumnName, ExerciseName, FigureName, ReportName, TableName
from reports.domain.period import ReportPeriod
from reports.domain.registered import PointModel, RegisteredPremises
from reports.domain.response import CLOCK_OF, ResponseStep, ResponseTally, StepClock
from words.catalogue import Words, family

TITLES = family("report.title", ReportName)
TABLES = family("report.table", TableName)
TABLE_NOTES = family("report.note", TableName)
COLUMNS = family("report.column", ColumnName)
FIGURES = family("report.figure", FigureName)
OUTCOMES = family("report.outcome", ReportedOutcome)
CAUSES = family("report.cause", (*IncidentCause, NOT_NAMED))
EXERCISE_NAMES = family("report.exercise", ExerciseName)
STEPS = family("report.step", ResponseStep)
CLOCKS = family("report.clock", StepClock)
WEEKDAYS = family("report.weekday", map(str, range(7)))

REAL_OUTCOMES = tuple(each for each in ReportedOutcome if each not in EXERCISES)
"""The outcomes of real fires, in the order of columns."""

MOST_POINTS = 1_000
"""Points, and gateways, that are listed by their availability; those that were missing longest."""

C, K = ColumnName, ValueKind


@dataclass(frozen=True, slots=True)
class DutyTally:
    """The events of a *duty* with an *outcome* in a period, and of how many premises."""

    duty: str
    outcome: str
    events: int
    premises: int


@dataclass(frozen=True, slots=True)
class ReportHead:
    """The head of every report."""

    name: ReportName
    period: ReportPeriod
    as_of: Micros
    words: Words
    place: str = ""

    def document(self, *tables: ReportTable) -> ReportDocument:
        """Return the report with *tables*."""
        return ReportDocument(
            name=self.name.value,
            title=self.words.name(TITLES, self.name),
            language=self.words.language,
            period=self.period,
            as_of=self.as_of,
            headings=tuple(self._headings()),
            tables=tables,
        )

    def _headings(self) -> Iterable[str]:
        period, words = self.period, self.words
        yield words.text(
            "report.period", first=period.first.isoformat(), end=period.end.isoformat(), zone=period.zone
        )
        yield words.text(
            "report.as_of", at=period.local(self.as_of).isoformat(sep=" ", timespec="seconds")
        )
        if self.place:
            yield words.text("report.place", place=self.place)
        yield words.text("report.source")

    def table(
        self,
        name: TableName,
        columns: Sequence[tuple[ColumnName, ValueKind]],
        rows: Iterable[tuple[Value, ...]],
        *,
        more: Sequence[ReportColumn] = (),
    ) -> ReportTable:
        """Return the table *name*; *more* columns stand behind the first ones."""
        named = [ReportColumn(key.value, self.words.name(COLUMNS, key), kind) for key, kind in columns]
        return ReportTable(
            key=name.value,
            title=self.words.name(TABLES, name),
            columns=(*named, *more),
            rows=tuple(rows),
            note=self.words.name(TABLE_NOTES, name),
        )


def figures_document(
    head: ReportHead,
    now: IncidentFigures,
    before: IncidentFigures,
    *,
    exposed: Exposure,
    known: RegisteredPremises,
    duties: FulfilmentTally,
) -> ReportDocument:
    """Return the report on incidents: *now* in its period, and *before* in the one before it."""
    return head.document(
        _summary(head, now, before),
        _by_area(head, now, known),
        _by_premises(head, now, exposed, known),
        _counted(head, TableName.HOURS, (C.HOUR, K.TEXT), _hours(now)),
        _counted(head, TableName.WEEKDAYS, (C.WEEKDAY, K.TEXT), _weekdays(head, now)),
        _by_cause(head, now),
        _by_model(head, now, exposed),
        _exercises(head, now, before),
        _fulfilled(head, duties),
    )


def _summary(head: ReportHead, now: IncidentFigures, before: IncidentFigures) -> ReportTable:
    words = head.words
    one, two = _summary_figures(now), _summary_figures(before)
    outcomes = [
        (f"  {words.name(OUTCOMES, each)}", now.by_outcome[each], before.by_outcome[each])
        for each in REAL_OUTCOMES
    ]
    first, *others = [(words.name(FIGURES, each), one[each], two[each]) for each in FigureName]
    columns = [(C.FIGURE, K.TEXT), (C.PERIOD, K.COUNT), (C.BEFORE, K.COUNT)]
    return head.table(TableName.SUMMARY, columns, [first, *outcomes, *others])


def _summary_figures(found: IncidentFigures) -> dict[FigureName, int]:
    return {
        FigureName.FIRES: found.total,
        FigureName.OPEN_AT_BEGIN: found.open_at["begin"],
        FigureName.OPEN_AT_END: found.open_at["end"],
        FigureName.CLOSED: found.closed["closed"],
        FigureName.FAULTS: found.troubles[IncidentKind.FAULT],
        FigureName.SUPERVISORY: found.troubles[IncidentKind.SUPERVISORY],
    }


def _outcome_columns(head: ReportHead) -> list[ReportColumn]:
    words = head.words
    total = ReportColumn(C.TOTAL.value, words.name(COLUMNS, C.TOTAL), K.COUNT)
    outcomes = (ReportColumn(each.value, words.name(OUTCOMES, each), K.COUNT) for each in REAL_OUTCOMES)
    return [*outcomes, total]


def _outcome_values(outcomes: Outcomes) -> list[Value]:
    return [*(outcomes[each] for each in REAL_OUTCOMES), outcomes.total()]


def _by_area(head: ReportHead, now: IncidentFigures, known: RegisteredPremises) -> ReportTable:
    none = head.words.text("report.no_area")
    rows: list[tuple[Value, ...]] = [
        (area, known.name_of_area(area) if area else none, *_outcome_values(outcomes))
        for area, outcomes in sorted(now.by_area.items())
    ]
    columns = [(C.AREA, K.TEXT), (C.NAME, K.TEXT)]
    return head.table(TableName.AREAS, columns, rows, more=_outcome_columns(head))


def _by_premises(
    head: ReportHead, now: IncidentFigures, exposed: Exposure, known: RegisteredPremises
) -> ReportTable:
    rows: list[tuple[Value, ...]] = [
        (
            name,
            known.name_of(name),
            _years(exposed.by_premises[name]),
            rate(outcomes[ReportedOutcome.FALSE_ALARM], exposed.by_premises[name]),
            *_outcome_values(outcomes),
        )
        for name, outcomes in sorted(now.by_premises.items())
    ]
    columns = [
        (C.PREMISES, K.TEXT),
        (C.NAME, K.TEXT),
        (C.POINT_YEARS, K.NUMBER),
        (C.FALSE_ALARM_RATE, K.NUMBER),
    ]
    return head.table(TableName.PREMISES, columns, rows, more=_outcome_columns(head))


def _years(micros: Micros) -> float:
    return micros / (YEAR_DAYS * DAY)


def _hours(now: IncidentFigures) -> list[tuple[str, int]]:
    return [(f"{hour:02d}:00", now.by_hour[hour]) for hour in range(24)]


def _weekdays(head: ReportHead, now: IncidentFigures) -> list[tuple[str, int]]:
    return [(head.words.name(WEEKDAYS, str(day)), now.by_weekday[day]) for day in range(7)]


def _counted(
    head: ReportHead,
    name: TableName,
    first: tuple[ColumnName, ValueKind],
    rows: Iterable[tuple[Value, ...]],
) -> ReportTable:
    return head.table(name, [first, (C.TOTAL, K.COUNT)], rows)


def _by_cause(head: ReportHead, now: IncidentFigures) -> ReportTable:
    rows: list[tuple[Value, ...]] = [
        (head.words.name(CAUSES, cause), *_outcome_values(outcomes))
        for cause, outcomes in sorted(now.by_cause.items())
    ]
    return head.table(TableName.CAUSES, [(C.CAUSE, K.TEXT)], rows, more=_outcome_columns(head))


def _by_model(head: ReportHead, now: IncidentFigures, exposed: Exposure) -> ReportTable:
    models = sorted({*now.by_model, *exposed.by_model})
    rows: list[tuple[Value, ...]] = [
        _model_row(each, now.by_model.get(each, Outcomes()), exposed) for each in models
    ]
    columns = [
        (C.MAKE, K.TEXT),
        (C.MODEL, K.TEXT),
        (C.POINT_YEARS, K.NUMBER),
        (C.FALSE_ALARM_RATE, K.NUMBER),
    ]
    return head.table(TableName.MODELS, columns, rows, more=_outcome_columns(head))


def _model_row(model: PointModel, outcomes: Outcomes, exposed: Exposure) -> tuple[Value, ...]:
    time = exposed.by_model[model]
    false_alarms = outcomes[ReportedOutcome.FALSE_ALARM]
    return (*model, _years(time), rate(false_alarms, time), *_outcome_values(outcomes))


def _exercises(head: ReportHead, now: IncidentFigures, before: IncidentFigures) -> ReportTable:
    rows = [
        (head.words.name(EXERCISE_NAMES, each), now.exercises[each], before.exercises[each])
        for each in ExerciseName
    ]
    columns = [(C.FIGURE, K.TEXT), (C.PERIOD, K.COUNT), (C.BEFORE, K.COUNT)]
    return head.table(TableName.EXERCISES, columns, rows)


def response_document(
    head: ReportHead, tally: ResponseTally, known: RegisteredPremises
) -> ReportDocument:
    """Return the report on response times."""
    words = head.words
    hops: list[tuple[Value, ...]] = [
        (
            words.name(STEPS, step),
            words.name(CLOCKS, CLOCK_OF[step]),
            each.count,
            *(micros / SECOND for micros in (each.p50, each.p95, each.longest)),
        )
        for step, each in tally.by_hop().items()
    ]
    slowest = [
        (
            each.incident,
            known.name_of(each.premises),
            each.micros / SECOND,
            words.name(STEPS, each.slowest),
            each.slowest_micros / SECOND,
        )
        for each in tally.slowest()
    ]
    of_hops = [
        (C.STEP, K.TEXT), (C.CLOCK, K.TEXT), (C.COUNT, K.COUNT), (C.P50, K.SECONDS),
        (C.P95, K.SECONDS), (C.LONGEST, K.SECONDS),
    ]  # fmt: skip
    of_slowest = [
        (C.INCIDENT, K.TEXT), (C.NAME, K.TEXT), (C.TIME, K.SECONDS), (C.SLOWEST_STEP, K.TEXT),
        (C.SLOWEST_TIME, K.SECONDS),
    ]  # fmt: skip
    return head.document(
        head.table(TableName.HOPS, of_hops, hops), head.table(TableName.SLOWEST, of_slowest, slowest)
    )


def availability_document(
    head: ReportHead, found: Iterable[PremisesAvailability], known: RegisteredPremises
) -> ReportDocument:
    """Return the report on availability."""
    premises, gateways, points = list[tuple[Value, ...]](), _Worst(), _Worst()
    all_points, all_gateways = NO_TIME, NO_TIME
    for each in found:
        of_points, of_gateways = each.all_points, each.all_gateways
        all_points, all_gateways = all_points.plus(of_points), all_gateways.plus(of_gateways)
        name = known.name_of(each.premises)
        premises.append((each.premises, name, len(each.points), of_points.share, of_gateways.share))
        gateways.add_all(each.premises, {(name,): share for name, share in each.gateways.items()})
        points.add_all(each.premises, {tuple(name): share for name, share in each.points.items()})
    total = ("", head.words.text("report.all_premises"), None, all_points.share, all_gateways.share)
    of_premises = [
        (C.PREMISES, K.TEXT), (C.NAME, K.TEXT), (C.POINTS, K.COUNT), (C.POINT_SHARE, K.SHARE),
        (C.GATEWAY_SHARE, K.SHARE),
    ]  # fmt: skip
    times = [(C.SHARE, K.SHARE), (C.MISSING, K.SECONDS)]
    gateway = [(C.PREMISES, K.TEXT), (C.GATEWAY, K.TEXT)]
    return head.document(
        head.table(TableName.AVAILABLE_PREMISES, of_premises, [total, *premises]),
        head.table(TableName.AVAILABLE_GATEWAYS, [*gateway, *times], gateways.rows()),
        head.table(TableName.AVAILABLE_POINTS, [*gateway, (C.POINT, K.TEXT), *times], points.rows()),
    )


def duties_document(
    head: ReportHead, found: Iterable[DutyTally], fulfilled: FulfilmentTally
) -> ReportDocument:
    """Return the report on what was due, and on what was done for duties."""
    columns = [(C.DUTY, K.TEXT), (C.OUTCOME, K.TEXT), (C.DONE, K.COUNT), (C.FULFILLED, K.COUNT)]
    rows = [(each.duty, each.outcome, each.events, each.premises) for each in found]
    done = head.table(TableName.DUTIES_BY_RULE, columns, rows)
    return head.document(_fulfilled(head, fulfilled), done)


def _fulfilled(head: ReportHead, tally: FulfilmentTally) -> ReportTable:
    counts = (C.DUE, C.IN_TIME, C.LATE, C.MISSED)
    columns = [(C.DUTY, K.TEXT), *((each, K.COUNT) for each in counts), (C.DONE_SHARE, K.SHARE)]
    rows = [(duty, *_due_and_done(found)) for duty, found in sorted(tally.by_duty.items())]
    return head.table(TableName.DUTIES_FULFILLED, columns, rows)


def _due_and_done(found: Counter[Fulfilment]) -> Iterable[Value]:
    ends = (Fulfilment.IN_TIME, Fulfilment.LATE, Fulfilment.MISSED)
    return found.total(), *(found[each] for each in ends), done_share(found)


class _Worst:
    """The things that were missing longest, a bounded number of them."""

    def __init__(self) -> None:
        self._rows: list[tuple[Micros, tuple[str, ...], float]] = []

    def add_all(self, premises: str, shares: Mapping[tuple[str, ...], TimeShare]) -> None:
        for name, each in shares.items():
            missing = each.registered - each.available
            if missing and each.share is not None:
                self._rows.append((missing, (premises, *name), each.share))
        if len(self._rows) > 4 * MOST_POINTS:
            self._shorten()

    def _shorten(self) -> None:
        self._rows.sort(key=lambda each: (-each[0], each[1]))
        del self._rows[MOST_POINTS:]

    def rows(self) -> list[tuple[Value, ...]]:
        self._shorten()
        return [(*name, share, missing / SECOND) for missing, name, share in self._rows]
