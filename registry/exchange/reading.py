"""Reads the versions that an exchange is about, within a transaction of the caller."""

from collections.abc import Callable

from sqlalchemy import Connection

import registry.store
from contract.times import to_micros
from registry.domain.scope import RegistryReach, visible
from registry.exchange.cursors import ExchangeCursor
from registry.exchange.pages import ExchangedVersion, Page, next_page
from registry.model.registry import Registry
from registry.store import UnknownVersion

ReachOf = Callable[[Registry], RegistryReach]
"""Returns the places that a reader may see, as the areas of a registry say."""


def read_page(
    connection: Connection,
    *,
    cursor: ExchangeCursor,
    own: ExchangeCursor,
    reach_of: ReachOf,
    limit: int,
) -> Page:
    """Return the page behind *cursor* for the reader of *own*; raises BadCursor."""

    def read(number: int) -> ExchangedVersion | None:
        return _read(connection, number, reach_of)

    active = registry.store.latest_number(connection)
    return next_page(cursor, active=active, read=read, own=own, limit=limit)


def _read(connection: Connection, number: int, reach_of: ReachOf) -> ExchangedVersion | None:
    try:
        found = registry.store.numbered(connection, number)
    except UnknownVersion:
        return None
    at = 0 if found.at is None else to_micros(found.at)
    shown = visible(found.registry, reach_of(found.registry))
    return ExchangedVersion(number, found.hash[:16], at, shown)
