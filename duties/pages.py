"""One page of a list of duties, with the names and counts that its reader needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from duties.board import names_of
from duties.domain.due import DutyItem, DutyState
from duties.listing import DutyFilter, DutyPosition, count_states, duties_due


@dataclass(frozen=True, slots=True)
class DutyPage:
    """The *items* of a page, whether *more* follow, the *names* of their premises, and all *counts*."""

    items: tuple[DutyItem, ...]
    more: bool
    names: Mapping[str, str]
    counts: Mapping[DutyState, int]


def duty_page(
    connection: Connection, wanted: DutyFilter, *, after: DutyPosition | None, limit: int
) -> DutyPage:
    """Return the page of up to *limit* duties *after* a place."""
    found = duties_due(connection, wanted, after=after, limit=limit + 1)
    names = names_of(connection, {each.premises for each in found})
    return DutyPage(tuple(found[:limit]), len(found) > limit, names, count_states(connection, wanted))
