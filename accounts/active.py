"""Sessions and tokens as the database has them, remembered until something changes."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import Connection

from accounts.domain.account import Account, SystemToken
from accounts.domain.sessions import Session
from accounts.secret_texts import hash_of
from accounts.store.changes import UNKNOWN, change_number
from accounts.store.people import account_of, can_administer
from accounts.store.sessions import open_session
from accounts.store.tokens import token_with
from accounts.stranger_reads import StrangerReads
from runtime.database import Database, ReadFor

LOOK_S = 0.5
"""Seconds between two looks at the number of changes: what is revoked by another process, such as the
command line, is refused after this at the latest; what this process revokes, at once."""

MOST = 2_000
"""Sessions, and tokens, that are remembered; beyond that all are read anew."""

SignedInAccount = tuple[Session, Account]

V = TypeVar("V")


class ActiveAccounts:
    """The sessions and tokens that were asked for, with the number of changes as of which they hold."""

    def __init__(self, database: Database, reads: StrangerReads) -> None:
        self._database = database
        self._reads = reads
        self._looking = asyncio.Lock()
        self._looked_at: float | None = None
        self._number = UNKNOWN
        self._sessions = _Remembered[SignedInAccount](_read_session)
        self._tokens = _Remembered[SystemToken](token_with)
        self._administered: tuple[int, date, bool] | None = None

    async def session(self, token: str) -> SignedInAccount | None:
        """Return the session whose token is *token*, with its account; None where it was ended."""
        return await self._find(self._sessions, token)

    async def session_read_anew(self, token: str) -> SignedInAccount | None:
        """Return the session of *token* with its last use by any process."""
        return await self._read(self._sessions, hash_of(token))

    async def token(self, token: str) -> SystemToken | None:
        """Return the token of a system that reads *token*."""
        return await self._find(self._tokens, token)

    async def has_administrator(self, day: date) -> bool:
        """Return whether an administrator of the whole center can sign in on *day*."""
        await self._follow()
        known = self._administered if self._number != UNKNOWN else None
        if known is None or known[:2] != (self._number, day):
            known = self._administered = await self._reads.read(
                lambda connection: (change_number(connection), day, can_administer(connection, day))
            )
        return known[2]

    def look_again(self) -> None:
        """Look for changes at the next question: this process made one."""
        self._looked_at = None

    async def _find(self, remembered: "_Remembered[V]", token: str) -> V | None:
        await self._follow()
        hashed = hash_of(token)
        if (known := remembered.find(hashed, self._number)) is not None:
            return known
        return await self._read(remembered, hashed)

    async def _read(self, remembered: "_Remembered[V]", hashed: str) -> V | None:
        number, found = await self._reads.read(
            lambda connection: (change_number(connection), remembered.read(connection, hashed))
        )
        if found is not None:
            remembered.keep(hashed, number, found)
        return found

    async def _follow(self) -> None:
        """Look for changes, unless that was done just now."""
        loop = asyncio.get_running_loop()
        async with self._looking:
            if self._looked_at is not None and loop.time() - self._looked_at < LOOK_S:
                return
            at = loop.time()
            self._number = await self._database.read(change_number, purpose=ReadFor.WEB)
            self._looked_at = at


class _Remembered(Generic[V]):
    """The rows that *read* returned, each with the number of changes as of which it holds."""

    def __init__(self, read: Callable[[Connection, str], V | None]) -> None:
        self.read = read
        self._known: dict[str, tuple[int, V]] = {}

    def find(self, hashed: str, number: int) -> V | None:
        known = self._known.get(hashed) if number != UNKNOWN else None
        return known[1] if known is not None and known[0] == number else None

    def keep(self, hashed: str, number: int, value: V) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[hashed] = (number, value)


def _read_session(connection: Connection, hashed: str) -> SignedInAccount | None:
    session = open_session(connection, hashed)
    if session is None:
        return None
    account = account_of(connection, session.account)
    return None if account is None or account.is_disabled else (session, account)
