"""The looks at personal data, for the audit: once for each account, incident and hour."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import structlog
from aiohttp import web

from accounts.domain.actor import Actor
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from alerting.store.errors import DatabaseError
from audit.domain.entry import AuditEntry, AuditKind
from contract.times import SECOND, Micros, to_micros
from runtime.clock import Clock

log = structlog.get_logger(__name__)

HOUR = 3_600 * SECOND

WRITE_S = 2.0
"""Seconds until a look is in the audit: looks are written together, apart from what alarms wait for."""

MOST = 10_000
"""Looks that wait at most, and that are remembered in an hour: beyond them each is written again."""


class LookLog:
    """The looks that wait to be written by *transactions*; an answer never waits for them."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock
        self._noted: set[tuple[str, str, int]] = set()
        self._waiting: list[AuditEntry] = []

    def note(self, actor: Actor, about: str) -> None:
        """Note that *actor* looked at the personal data *about* something."""
        now = to_micros(self._clock())
        key = actor.account, about, now // HOUR
        if key in self._noted:
            return
        if len(self._noted) >= MOST:
            self._noted.clear()
        self._noted.add(key)
        if len(self._waiting) >= MOST:
            log.error("look not in the audit; the database has not taken any for long", about=about)
            return
        self._waiting.append(_entry(actor, about, now))

    async def writing(self, _: web.Application) -> AsyncIterator[None]:
        """Write looks while the application is served, and those that wait at its end."""
        task = asyncio.create_task(self._write_forever())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await self._write()

    async def _write_forever(self) -> None:
        while True:
            await asyncio.sleep(WRITE_S)
            await self._write()

    async def _write(self) -> None:
        """Write what waits; what the database does not take waits on."""
        entries, self._waiting = self._waiting, []
        if not entries:
            return
        try:
            await self._transactions.run(partial(_add, entries=entries), self._clock())
        except DatabaseError as error:
            log.warning("looks not written to the audit; retrying", reason=str(error.orig))
            self._waiting = [*entries, *self._waiting]


def _add(unit: UnitOfWork, *, entries: list[AuditEntry]) -> None:
    for each in entries:
        unit.add_audit_entry(each)


def _entry(actor: Actor, about: str, at: Micros) -> AuditEntry:
    detail = {"evidence": actor.evidence.value, "place": actor.place}
    said = {name: text for name, text in detail.items() if text}
    return AuditEntry(at, AuditKind.LOOK, actor.account, about, said)
