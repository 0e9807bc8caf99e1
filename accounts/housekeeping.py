"""Tidies the tables of accounts: what is over is ended, and what nobody needs is forgotten."""

import asyncio

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from accounts.domain.sessions import SessionLimits
from accounts.domain.throttle import FORGET
from accounts.store.credentials import forget_old_links
from accounts.store.sessions import end_overdue_sessions, forget_ended_sessions
from accounts.store.throttle import forget_old_failures
from contract.times import SECOND, Micros, to_micros
from runtime.clock import Clock
from runtime.database import Database

log = structlog.get_logger(__name__)

EVERY_S = 3_600.0
"""Seconds between two times."""

KEPT = 90 * 24 * 3_600 * SECOND
"""Microseconds for which an ended session is kept: from it the networks of a person are known."""


class AccountsHousekeeping:
    """Tidies the tables of accounts in *database*; *limits* end sessions that nobody uses."""

    def __init__(self, database: Database, limits: SessionLimits, clock: Clock) -> None:
        self._database = database
        self._limits = limits
        self._clock = clock

    async def run(self) -> None:
        """Tidy now and once an hour, until cancelled."""
        while True:
            await self.tidy()
            await asyncio.sleep(EVERY_S)

    async def tidy(self) -> None:
        """Tidy the tables; where the database does not answer, the next time does it."""
        now = to_micros(self._clock())
        try:
            await self._database.write(lambda connection: self._tidy(connection, now))
        except DBAPIError as error:
            log.warning("accounts not tidied; trying again in an hour", reason=str(error.orig))

    def _tidy(self, connection: Connection, now: Micros) -> None:
        beyond = self._limits.stretch
        end_overdue_sessions(
            connection,
            seen_before=now - self._limits.idle - beyond,
            renewed_before=now - self._limits.absolute - beyond,
            at=now,
        )
        forget_ended_sessions(connection, before=now - KEPT)
        forget_old_links(connection, before=now)
        forget_old_failures(connection, before=now - FORGET)
