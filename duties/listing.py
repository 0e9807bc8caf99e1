"""Lists of duties by the day on which they are due, and their counts: one query each, by an index."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from duties.domain.days import day_number
from duties.domain.due import DutyItem, DutyState
from duties.domain.events import DutyOutcome
from duties.rows import NEVER, item_of
from duties.tables import duty_items as items
from registry.model.duty_rules import DutyKind
from runtime.among import among


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFilter:
    """Duties of *premises*, of a *kind*, in one of *states* on *day*; all where nothing is named."""

    day: date
    premises: Collection[str] | None = None
    kind: DutyKind | None = None
    states: Collection[DutyState] = ()


@dataclass(frozen=True, slots=True)
class DutyPosition:
    """The place in a list after which the next page begins."""

    due: int
    premises: str
    duty: str

    @classmethod
    def after(cls, item: DutyItem) -> "DutyPosition":
        """Return the place of *item*."""
        due = NEVER if item.due_on is None else day_number(item.due_on)
        return cls(due, item.premises, item.duty)


def duties_due(
    connection: Connection, wanted: DutyFilter, *, after: DutyPosition | None, limit: int
) -> list[DutyItem]:
    """Return up to *limit* duties, those that are due first before the others."""
    order = items.c.due_on, items.c.premises, items.c.duty
    query = _filtered(select(items), wanted, connection)
    if after is not None:
        query = query.where(
            tuple_(*order) > tuple_(*map(literal, (after.due, after.premises, after.duty)))
        )
    return [item_of(row) for row in connection.execute(query.order_by(*order).limit(limit))]


def count_states(connection: Connection, wanted: DutyFilter) -> dict[DutyState, int]:
    """Return how many duties are in each state on the day that is *wanted*."""
    state = _state(day_number(wanted.day)).label("state")
    query = _filtered(select(state, func.count().label("duties")), wanted, connection).group_by(state)
    return {DutyState(row.state): row.duties for row in connection.execute(query)}


_Query = TypeVar("_Query", bound=Select[*tuple[Any, ...]])


def _filtered(query: _Query, wanted: DutyFilter, connection: Connection) -> _Query:
    conditions = [among(items.c.premises, wanted.premises, connection.dialect)]
    if wanted.kind is not None:
        conditions.append(items.c.kind == wanted.kind.value)
    if wanted.states:
        day = day_number(wanted.day)
        conditions.append(or_(*(_is_in(each, day) for each in wanted.states)))
    return query.where(*conditions)


def _state(day: int) -> ColumnElement[str]:
    """Return the state of a row on *day*, as ``duties.domain.due.state_on`` decides it."""
    return case(
        *((_is_in(each, day), each.value) for each in DutyState if each is not _REST), else_=_REST.value
    )


_REST = DutyState.NOT_APPLICABLE


def _is_in(state: DutyState, day: int) -> ColumnElement[bool]:
    """Return the condition that a row is in *state* on *day*."""
    due, soon = items.c.due_on, day + items.c.soon_days
    later = due > soon
    in_order = and_(later, items.c.outcome.is_not(None), or_(items.c.failed_on.is_(None), due == NEVER))
    excused = items.c.outcome == DutyOutcome.EXCUSED.value
    holds = and_(items.c.begins_on <= day, or_(items.c.ends_on.is_(None), items.c.ends_on > day))
    conditions: dict[DutyState, ColumnElement[bool]] = {
        DutyState.OVERDUE: due < day,
        DutyState.DUE_SOON: and_(due > day, due <= soon),
        DutyState.DUE: or_(
            due == day,
            and_(later, due != NEVER, or_(items.c.outcome.is_(None), items.c.failed_on.is_not(None))),
        ),
        DutyState.DONE: and_(in_order, ~excused),
        DutyState.EXCUSED: and_(in_order, excused),
        DutyState.NOT_APPLICABLE: true(),
    }
    if state is _REST:
        return or_(~holds, and_(due == NEVER, items.c.outcome.is_(None)))
    return and_(holds, conditions[state])
