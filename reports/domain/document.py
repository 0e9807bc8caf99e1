"""A report as tables with types, from which every form is made: JSON, CSV, spreadsheet, PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contract.times import Micros
from reports.domain.period import ReportPeriod


class ValueKind(StrEnum):
    """The kind of the values of a column."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    SECONDS = "seconds"
    DAY = "day"
    MOMENT = "moment"


Value = str | int | float | date | datetime | None
"""A value of a table; None where there is none, which is never 0."""


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column: its *key* for programs, its *title* for people."""

    key: str
    title: str
    kind: ValueKind = ValueKind.TEXT


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of a report, and a *note* that says what it counts."""

    key: str
    title: str
    columns: tuple[ReportColumn, ...]
    rows: Sequence[tuple[Value, ...]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A report: its tables, its period, and the moment *as_of* which it is.

    *headings* are lines for people below its title: the period, the moment, the source, the place.
    """

    name: str
    title: str
    language: str
    period: ReportPeriod
    as_of: Micros
    headings: tuple[str, ...]
    tables: tuple[ReportTable, ...]
