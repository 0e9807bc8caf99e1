"""Entries of the audit are stored within the transaction of whoever adds them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select

import audit.migrations
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from audit.tables import audit_entries
from runtime.database import Database, open_database
from runtime.prepared import DriverConnection

SIGNED_IN = AuditEntry(5, AuditKind.SIGN_IN, "lan", "account lan", {"proof": "password"})
LOOKED = AuditEntry(6, AuditKind.LOOK, "lan", "contact owner")

CALLERS: dict[str, Callable[[Connection], Connection | DriverConnection]] = {
    "a plain connection": lambda connection: connection,
    "alerting's connection": DriverConnection,
}


async def stored(database: Database) -> list[tuple[Any, ...]]:
    columns = audit_entries.c.at, audit_entries.c.kind, audit_entries.c.who, audit_entries.c.detail
    query = select(*columns).order_by(audit_entries.c.id)
    return [tuple(row) for row in await database.read(lambda each: each.execute(query).all())]


@pytest.mark.parametrize("caller", CALLERS)
async def test_entries_are_stored_in_their_order_with_the_transaction(
    database: str, caller: str
) -> None:
    async with open_database(database) as opened:
        await opened.migrate(audit.migrations.REVISIONS)
        await opened.write(lambda each: append(CALLERS[caller](each), [SIGNED_IN, LOOKED]))

        assert await stored(opened) == [
            (5, "sign_in", "lan", '{"proof": "password"}'),
            (6, "look", "lan", "{}"),
        ]


async def test_entries_go_with_a_transaction_that_fails(database: str) -> None:
    def fails(connection: Connection) -> None:
        append(connection, [SIGNED_IN])
        raise ValueError("for a reason of the caller")

    async with open_database(database) as opened:
        await opened.migrate(audit.migrations.REVISIONS)
        with pytest.raises(ValueError, match="reason of the caller"):
            await opened.write(fails)

        assert await stored(opened) == []


async def test_a_name_that_is_too_long_is_cut_and_refuses_nothing(database: str) -> None:
    async with open_database(database) as opened:
        await opened.migrate(audit.migrations.REVISIONS)
        await opened.write(lambda each: append(each, [AuditEntry(5, AuditKind.ACT, "a" * 300, "b")]))

        ((_, _, who, _),) = await stored(opened)
        assert who == "a" * 200
