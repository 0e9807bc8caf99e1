"""Makes the daily sheet, and the lists beside it, in the words of a language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contract.times import Micros
from registry.model.resources import MeansState
from reports.domain.daily_lines import DAILY_LINES, FIRES_LINE, ITEMS, DailyGroup, DailyLine, DailyUnit
from reports.domain.daily_sheet import DailyValue
from reports.domain.document import ReportDocument, ReportTable, Value, ValueKind
from reports.domain.incident_fact import ReportedOutcome
from reports.domain.keys import ColumnName, TableName
from reports.domain.registered import RegisteredPremises
from reports.domain.wording import OUTCOMES, ReportHead
from words.catalogue import Words, family

GROUPS = family("report.daily_group", DailyGroup)
ITEM_NAMES = family("report.daily_item", ITEMS)
UNITS = family("report.daily_unit", DailyUnit)
MEANS_STATES = family("report.means_state", MeansState)

C, K = ColumnName, ValueKind


@dataclass(frozen=True, slots=True)
class ReportedFire:
    """A fire of the list beside the sheet; *dispatched_at* is None where nobody was sent."""

    incident: str
    premises: str
    opened_at: Micros
    outcome: ReportedOutcome
    dispatched_at: Micros | None


@dataclass(frozen=True, slots=True)
class BrokenMeans:
    """A vehicle, boat or pump of *unit* that cannot be used."""

    name: str
    plate: str
    unit: str
    state: str


@dataclass(frozen=True, slots=True)
class SheetParts:
    """The parts of a sheet: *values* by line as they were entered, and the lists."""

    values: Mapping[int, DailyValue]
    fires: Sequence[ReportedFire]
    broken: Sequence[BrokenMeans]

    @property
    def genuine(self) -> int:
        """The number of genuine fires that Tocsin knows."""
        return sum(each.outcome is ReportedOutcome.GENUINE for each in self.fires)


def daily_document(head: ReportHead, parts: SheetParts, known: RegisteredPremises) -> ReportDocument:
    """Return the daily sheet of the period of *head* with its lists."""
    columns = [
        (C.LINE, K.COUNT), (C.GROUP, K.TEXT), (C.ITEM, K.TEXT), (C.UNIT, K.TEXT), (C.VALUE, K.COUNT),
        (C.SOURCE, K.TEXT), (C.DAYS, K.COUNT), (C.NOTE, K.TEXT),
    ]  # fmt: skip
    rows = [_row(each, parts, head.words) for each in DAILY_LINES]
    return head.document(
        head.table(TableName.SHEET, columns, rows),
        fires_table(head, parts.fires, known),
        _dispatches(head, parts, known),
        head.table(TableName.RESCUES, [(C.NAME, K.TEXT)], []),
        head.table(TableName.REINFORCEMENTS, [(C.NAME, K.TEXT)], []),
        _broken(head, parts),
    )


def _row(line: DailyLine, parts: SheetParts, words: Words) -> tuple[Value, ...]:
    about = (
        line.number,
        words.name(GROUPS, line.group),
        words.name(ITEM_NAMES, line.item),
        words.name(UNITS, line.unit),
    )
    entered = parts.values.get(line.number)
    counted = parts.genuine if line.number == FIRES_LINE else None
    if entered is not None:
        differs = counted is not None and counted != entered.value
        note = words.text("report.data_differs", count=str(counted)) if differs else ""
        return (*about, entered.value, words.text("report.entered"), entered.days, note)
    if counted is not None:
        return (*about, counted, words.text("report.from_data"), None, "")
    return (*about, None, words.text("report.not_entered"), None, "")


def fires_table(
    head: ReportHead, fires: Sequence[ReportedFire], known: RegisteredPremises
) -> ReportTable:
    """Return the table of *fires*, each with its outcome."""
    columns = [(C.INCIDENT, K.TEXT), (C.NAME, K.TEXT), (C.OPENED_AT, K.MOMENT), (C.OUTCOME, K.TEXT)]
    rows = [
        (
            each.incident,
            known.name_of(each.premises),
            head.period.local(each.opened_at),
            head.words.name(OUTCOMES, each.outcome),
        )
        for each in fires
    ]
    return head.table(TableName.FIRES, columns, rows)


def _dispatches(head: ReportHead, parts: SheetParts, known: RegisteredPremises) -> ReportTable:
    columns = [(C.INCIDENT, K.TEXT), (C.NAME, K.TEXT), (C.DISPATCHED_AT, K.MOMENT)]
    rows = [
        (each.incident, known.name_of(each.premises), head.period.local(each.dispatched_at))
        for each in parts.fires
        if each.dispatched_at is not None
    ]
    return head.table(TableName.DISPATCHES, columns, rows)


def _broken(head: ReportHead, parts: SheetParts) -> ReportTable:
    columns = [(C.NAME, K.TEXT), (C.PLATE, K.TEXT), (C.GROUP, K.TEXT), (C.STATE, K.TEXT)]
    rows = [
        (each.name, each.plate, each.unit, head.words.name(MEANS_STATES, each.state))
        for each in parts.broken
    ]
    return head.table(TableName.BROKEN_MEANS, columns, rows)
