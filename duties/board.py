"""The premises that have to be connected, as the deadline board needs them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from duties.domain.days import numbered_day
from duties.domain.events import DutyOutcome
from duties.rows import NONE
from duties.tables import duty_items, duty_premises
from registry.model.duty_rules import DutyKind
from runtime.among import among


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One premises: how it is *connection* bound (owed, unknown), by when, and what it declared."""

    premises: str
    name: str
    area: str | None
    connection: str
    connect_by: date | None
    declared_on: date | None
    connected_on: date | None


def board_rows(connection: Connection, premises: Collection[str] | None) -> list[BoardRow]:
    """Return all of *premises* that a rule of connection is about, or may be."""
    query = select(duty_premises).where(
        duty_premises.c.connection != NONE,
        among(duty_premises.c.premises, premises, connection.dialect),
    )
    done = {kind: _done(connection, kind) for kind in (DutyKind.DECLARATION, DutyKind.CONNECTION)}
    rows = connection.execute(query.order_by(duty_premises.c.area, duty_premises.c.premises))
    return [_board_row(row, done) for row in rows]


def _board_row(row: Any, done: Mapping[DutyKind, Mapping[str, int]]) -> BoardRow:
    """Return *row* with what was recorded as *done*, else what the registry says by itself."""
    declared = done[DutyKind.DECLARATION].get(row.premises, row.declared_on)
    connected = done[DutyKind.CONNECTION].get(row.premises, row.connected_on)
    days = _day(row.connect_by), _day(declared), _day(connected)
    return BoardRow(row.premises, row.name, row.area, row.connection, *days)


def _done(connection: Connection, kind: DutyKind) -> dict[str, int]:
    """Return the day on which each premises did what is of *kind*."""
    query = select(duty_items.c.premises, duty_items.c.done_on).where(
        duty_items.c.kind == kind.value,
        duty_items.c.done_on.is_not(None),
        duty_items.c.outcome != DutyOutcome.EXCUSED.value,
    )
    return {row.premises: row.done_on for row in connection.execute(query)}


def names_of(connection: Connection, premises: Collection[str]) -> dict[str, str]:
    """Return the name of each of *premises*."""
    columns = duty_premises.c.premises, duty_premises.c.name
    query = select(*columns).where(among(duty_premises.c.premises, premises, connection.dialect))
    return {row.premises: row.name for row in connection.execute(query)}


def _day(number: int | None) -> date | None:
    return None if number is None else numbered_day(number)
