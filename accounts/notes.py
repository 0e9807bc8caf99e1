"""Notes that may wait a little: last uses, and attempts to sign in that failed.

They are written together and rarely, so that nobody outside makes the database, which alarms go
through, write for each request.
"""

import asyncio
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from accounts.domain.throttle import Failures
from accounts.store.sessions import note_seen
from accounts.store.throttle import save_failures
from accounts.store.tokens import note_used
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.times import Micros
from runtime.database import Database

log = structlog.get_logger(__name__)

FAILURES_S = 2.0
"""Seconds until a failed attempt is in the database and the audit."""

USES_S = 60.0
"""Seconds until a use of a session or a token is."""

MOST = 500
"""Entries of the audit that wait at most; of those beyond it, the number is written."""


@dataclass
class Notes:
    """The notes that wait to be written."""

    entries: list[AuditEntry] = field(default_factory=list)
    more: int = 0
    more_at: Micros = 0
    failures: dict[str, Failures | None] = field(default_factory=dict)
    sessions: dict[int, Micros] = field(default_factory=dict)
    tokens: dict[int, tuple[Micros, str]] = field(default_factory=dict)

    def add_entry(self, entry: AuditEntry) -> None:
        """Note *entry* for the audit."""
        if len(self.entries) < MOST:
            self.entries.append(entry)
        else:
            self.count_refused(entry.at)

    def count_refused(self, at: Micros) -> None:
        """Note one more attempt that was refused, of which only the number is written."""
        self.more += 1
        self.more_at = at


class NoteBook:
    """Collects notes and writes them to *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.waiting = Notes()

    async def run(self) -> None:
        """Write what waits, until cancelled."""
        loop = asyncio.get_running_loop()
        uses_at = loop.time() + USES_S
        while True:
            await asyncio.sleep(FAILURES_S)
            with_uses = loop.time() >= uses_at
            if with_uses:
                uses_at = loop.time() + USES_S
            await self.write(with_uses=with_uses)

    async def write(self, *, with_uses: bool = True) -> None:
        """Write what waits; what the database does not take waits on."""
        taken = self._take(with_uses=with_uses)
        if taken == Notes():
            return
        try:
            await self._database.write(lambda connection: _write(connection, taken))
        except DBAPIError as error:
            log.warning("notes of accounts not written; retrying", reason=str(error.orig))
            self._put_back(taken)

    def _take(self, *, with_uses: bool) -> Notes:
        taken = self.waiting
        self.waiting = Notes()
        if not with_uses:
            self.waiting.sessions, self.waiting.tokens = taken.sessions, taken.tokens
            taken = Notes(taken.entries, taken.more, taken.more_at, taken.failures)
        return taken

    def _put_back(self, taken: Notes) -> None:
        now = self.waiting
        entries = [*taken.entries, *now.entries]
        self.waiting = Notes(
            entries[:MOST],
            taken.more + now.more + len(entries[MOST:]),
            max(taken.more_at, now.more_at),
            taken.failures | now.failures,
            taken.sessions | now.sessions,
            taken.tokens | now.tokens,
        )


def _write(connection: Connection, notes: Notes) -> None:
    append(connection, [*notes.entries, *_counted(notes)])
    if notes.failures:
        save_failures(connection, notes.failures)
    note_seen(connection, notes.sessions)
    note_used(connection, notes.tokens)


def _counted(notes: Notes) -> list[AuditEntry]:
    """Return the entry that stands for the attempts of which only the number is written."""
    if not notes.more:
        return []
    detail = {"result": "more attempts refused", "number": str(notes.more)}
    return [AuditEntry(notes.more_at, AuditKind.SIGN_IN, "", "accounts", detail)]
