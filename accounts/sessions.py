"""Sessions of people: who is behind the cookie of one, and its end."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from accounts.active import ActiveAccounts, SignedInAccount
from accounts.domain.account import Account
from accounts.domain.actor import Actor, ActorKind
from accounts.domain.areas import AreaTree
from accounts.domain.rights import Rights
from accounts.domain.second_factor import grants_in_force
from accounts.domain.sessions import (
    Desk,
    OpenFire,
    Session,
    SessionEnd,
    SessionLimits,
    overdue,
    stretched,
)
from accounts.identification import Credentials
from accounts.notes import NoteBook
from accounts.store.sessions import end_session, end_sessions
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.http.permissions import Permission
from contract.times import Micros, to_micros
from registry.model.local_time import local_day
from runtime.clock import Clock
from runtime.database import Database

OpenFires = Callable[[], Awaitable[Sequence[OpenFire]]]
"""Returns the fires that are open."""


class SessionIdentifier:
    """Knows people by the cookie of their session."""

    def __init__(
        self,
        active: ActiveAccounts,
        notes: NoteBook,
        *,
        limits: SessionLimits,
        clock: Clock,
        tree: Callable[[], AreaTree],
        fires: OpenFires,
    ) -> None:
        self._active = active
        self._notes = notes
        self._limits = limits
        self._clock = clock
        self._tree = tree
        self._fires = fires

    async def identify(self, given: Credentials) -> Actor | None:
        """Return the person of the session that *given* has the cookie of."""
        if given.session is None or (found := await self._active.session(given.session)) is None:
            return None
        now = self._clock()
        if self._is_overdue(found, now):
            found = await self._active.session_read_anew(given.session)
        if found is None or (self._is_overdue(found, now) and not await self._goes_on(found, now)):
            return None
        if given.a_use:
            self._notes.waiting.sessions[found[0].id] = to_micros(now)
        return actor_of(*found)

    def _is_overdue(self, found: SignedInAccount, now: datetime) -> bool:
        return overdue(self._used(found[0]), self._limits, to_micros(now)) is not None

    def _used(self, session: Session) -> Session:
        """Return *session* with its last use, which may not be written yet."""
        seen = self._notes.waiting.sessions.get(session.id, 0)
        return replace(session, seen_at=max(seen, session.seen_at))

    async def _goes_on(self, found: SignedInAccount, now: datetime) -> bool:
        """Return whether a fire holds the session *found* open beyond its limits."""
        session, actor = self._used(found[0]), actor_of(*found)
        rights = Rights(actor, self._tree(), local_day(now))
        desk = Desk(
            frozenset({actor.account, actor.name}),
            lambda premises: rights.may_in(Permission.INCIDENTS_READ, premises),
        )
        fires = await self._fires()
        return bool(stretched(session, self._limits, to_micros(now), fires=fires, desk=desk))


class SessionEnds:
    """Ends sessions because their person wants it."""

    def __init__(self, database: Database, active: ActiveAccounts) -> None:
        self._database = database
        self._active = active

    async def sign_out(self, actor: Actor, now: datetime) -> None:
        """End the session of *actor*."""
        at, number = to_micros(now), actor.session

        def end(connection: Connection) -> None:
            if number is not None and end_session(connection, number, SessionEnd.SIGNED_OUT, at=at):
                append(connection, [_entry(actor, SessionEnd.SIGNED_OUT, at)])

        await self._database.write(end)
        self._active.look_again()

    async def sign_out_everywhere(self, actor: Actor, now: datetime) -> int:
        """End all sessions of the account of *actor*; return how many there were."""
        at, because = to_micros(now), SessionEnd.SIGNED_OUT_EVERYWHERE

        def end(connection: Connection) -> int:
            ended = end_sessions(connection, actor.account, because, at=at)
            append(connection, [_entry(actor, because, at)])
            return ended

        ended = await self._database.write(end)
        self._active.look_again()
        return ended


def actor_of(session: Session, account: Account) -> Actor:
    """Return the person of *session*, with the roles of *account* that count in it."""
    return Actor(
        account=account.name,
        name=account.display_name,
        kind=ActorKind.PERSON,
        evidence=session.evidence,
        grants=grants_in_force(account.grants, proved=session.second_factor),
        place=account.place,
        session=session.id,
    )


def _entry(actor: Actor, because: SessionEnd, at: Micros) -> AuditEntry:
    return AuditEntry(at, AuditKind.SIGN_IN, actor.account, actor.account, {"result": because.value})
