"""Reads and records what people entered in the daily sheet."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import Connection, text

from audit.domain.entry import AuditEntry
from audit.store import append
from contract.times import Micros
from reports.domain.daily_sheet import DailyEntry
from reports.domain.period import ReportPeriod

EPOCH = date(1970, 1, 1)

_RECORD = text(
    "INSERT INTO daily_figures (area, day, line, value, note, by, account, recorded_at) "
    "VALUES (:area, :day, :line, :value, :note, :by, :account, :recorded_at)"
)
_ENTRIES = text(
    "SELECT area, day, line, value, note, by FROM daily_figures "
    "WHERE day >= :first AND day < :end ORDER BY id"
)

Areas = Collection[str] | None
"""The areas whose entries may be read; None for all."""


def record_entries(
    connection: Connection, entries: Sequence[DailyEntry], *, account: str, now: Micros
) -> None:
    """Record *entries*, which *account* made; earlier ones of their line stay as they are."""
    rows = [
        {
            "area": each.area,
            "day": each.day,
            "line": each.line,
            "value": each.value,
            "note": each.note,
            "by": each.by,
            "account": account,
            "recorded_at": now,
        }
        for each in entries
    ]
    connection.execute(_RECORD, rows)


def entries_of(connection: Connection, period: ReportPeriod, *, areas: Areas) -> Iterator[DailyEntry]:
    """Yield the entries for the days of *period* and *areas*, in the order in which they were made."""
    about = {"first": day_number(period.first), "end": day_number(period.end)}
    for row in connection.execute(_ENTRIES, about):
        if areas is None or row.area in areas:
            yield DailyEntry(row.area, row.day, row.line, row.value, row.note, row.by)


def day_number(day: date) -> int:
    """Return *day* as it is stored."""
    return (day - EPOCH).days


def record_act(
    connection: Connection, entries: Sequence[DailyEntry], *, account: str, act: AuditEntry
) -> None:
    """Store *entries* of *account*, and the *act* in the audit, together."""
    record_entries(connection, entries, account=account, now=act.at)
    append(connection, [act])
