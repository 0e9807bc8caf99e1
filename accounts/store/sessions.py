"""Sessions of people: what is stored of their tokens are hashes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, delete, func, insert, select, update

from accounts.domain.actor import Evidence
from accounts.domain.sessions import Session, SessionEnd
from accounts.domain.throttle import network_of
from accounts.store.changes import note_change
from accounts.tables import account_sessions
from contract.times import Micros

_OPEN = account_sessions.c.ended_at.is_(None)

_EVIDENCE = frozenset(each.value for each in Evidence)
"""A session on evidence that this program does not know opens nothing."""


def add_session(connection: Connection, hashed: str, session: Session) -> int:
    """Store *session*, whose token is *hashed*; return its number."""
    added = connection.execute(
        insert(account_sessions).values(
            hash=hashed,
            account=session.account,
            evidence=session.evidence.value,
            second_factor=session.second_factor,
            address=session.address[:64],
            began_at=session.began_at,
            renewed_at=session.renewed_at,
            seen_at=session.seen_at,
        )
    )
    return int(added.inserted_primary_key[0]) if added.inserted_primary_key else 0


def open_session(connection: Connection, hashed: str) -> Session | None:
    """Return the session whose token is *hashed*, unless it was ended."""
    row = connection.execute(
        select(account_sessions).where(account_sessions.c.hash == hashed, _OPEN)
    ).one_or_none()
    return None if row is None or row.evidence not in _EVIDENCE else _session(row)


def open_sessions(connection: Connection, account: str | None = None) -> list[Session]:
    """Return the sessions of *account* that were not ended, or of all accounts."""
    chosen = select(account_sessions).where(_OPEN).order_by(account_sessions.c.id)
    if account is not None:
        chosen = chosen.where(account_sessions.c.account == account)
    return [_session(row) for row in connection.execute(chosen) if row.evidence in _EVIDENCE]


def known_networks(connection: Connection, account: str, *, since: Micros) -> frozenset[str]:
    """Return the networks from which *account* signed in *since* a moment."""
    found = connection.scalars(
        select(account_sessions.c.address)
        .where(account_sessions.c.account == account, account_sessions.c.began_at >= since)
        .distinct()
    )
    return frozenset(network_of(each) for each in found)


def last_sign_in(connection: Connection, account: str) -> Micros | None:
    """Return when somebody signed in to *account* last."""
    began = select(func.max(account_sessions.c.began_at)).where(account_sessions.c.account == account)
    at: Micros | None = connection.scalar(began)
    return at


def _session(row: Row[*tuple[Any, ...]]) -> Session:
    return Session(
        id=row.id,
        account=row.account,
        evidence=Evidence(row.evidence),
        second_factor=row.second_factor,
        address=row.address,
        began_at=row.began_at,
        renewed_at=row.renewed_at,
        seen_at=row.seen_at,
        ended_at=row.ended_at,
        ended_because=row.ended_because,
    )


def note_seen(connection: Connection, seen: Mapping[int, Micros]) -> None:
    """Note when each session was *seen* last, by its number."""
    for number, at in seen.items():
        later = case((account_sessions.c.seen_at > at, account_sessions.c.seen_at), else_=at)
        connection.execute(
            update(account_sessions).where(account_sessions.c.id == number).values(seen_at=later)
        )


def renew_session(connection: Connection, number: int, account: str, *, at: Micros) -> bool:
    """Let the limits of a session begin anew; return False where it was ended, or is another's."""
    own = and_(account_sessions.c.id == number, account_sessions.c.account == account)
    return _change(connection, own, {"renewed_at": at, "seen_at": at}) == 1


def strengthen_session(connection: Connection, number: int) -> None:
    """Note that the person of a session proved a second factor in it."""
    with_code = Evidence.PASSWORD_AND_CODE.value
    evidence = case(
        (account_sessions.c.evidence == Evidence.PASSWORD.value, with_code),
        else_=account_sessions.c.evidence,
    )
    values = {"second_factor": True, "evidence": evidence}
    _change(connection, account_sessions.c.id == number, values)


def end_session(connection: Connection, number: int, because: SessionEnd, *, at: Micros) -> bool:
    """End a session; return False where it was ended before."""
    ended = {"ended_at": at, "ended_because": because.value}
    return _change(connection, account_sessions.c.id == number, ended) == 1


def end_sessions(connection: Connection, account: str, because: SessionEnd, *, at: Micros) -> int:
    """End all sessions of *account*; return how many there were."""
    ended = {"ended_at": at, "ended_because": because.value}
    return _change(connection, account_sessions.c.account == account, ended)


def _change(connection: Connection, which: ColumnElement[bool], values: Mapping[str, object]) -> int:
    changed = connection.execute(update(account_sessions).where(which, _OPEN).values(**values))
    note_change(connection)
    return changed.rowcount


def end_overdue_sessions(
    connection: Connection, *, seen_before: Micros, renewed_before: Micros, at: Micros
) -> int:
    """End the sessions that nobody used, or renewed, since; return how many."""
    idle, old = account_sessions.c.seen_at < seen_before, account_sessions.c.renewed_at < renewed_before
    ended = 0
    for which, because in ((idle, SessionEnd.IDLE), (old, SessionEnd.TOO_OLD)):
        values = {"ended_at": at, "ended_because": because.value}
        changed = connection.execute(update(account_sessions).where(which, _OPEN).values(**values))
        ended += changed.rowcount
    return ended


def forget_ended_sessions(connection: Connection, *, before: Micros) -> None:
    """Delete the sessions that ended *before* a moment."""
    connection.execute(delete(account_sessions).where(account_sessions.c.ended_at < before))
