"""The limits of sessions, and the fires that hold one open beyond them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from accounts.domain.actor import Evidence
from contract.times import Micros


class SessionEnd(StrEnum):
    """Reasons why a session is over."""

    SIGNED_OUT = "signed out"
    SIGNED_OUT_EVERYWHERE = "signed out everywhere"
    IDLE = "idle for too long"
    TOO_OLD = "too old"
    ACCOUNT_DISABLED = "account disabled"
    PASSWORD_CHANGED = "password changed"  # noqa: S105
    ADMINISTRATOR = "ended by an administrator"
    HANDED_OVER = "desk handed over"


class Stretch(StrEnum):
    """Reasons why a session goes on beyond its limits."""

    OWNS_FIRE = "the person has a fire that is open"
    FIRE_IN_AREAS = "a fire is open in the person's areas"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """The times after which a session ends, and the longest *stretch* beyond them in a fire."""

    idle: Micros
    absolute: Micros
    stretch: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session of *account*: *renewed_at* is its beginning, or the last hand-over that extended it."""

    id: int
    account: str
    evidence: Evidence
    second_factor: bool
    address: str
    began_at: Micros
    renewed_at: Micros
    seen_at: Micros
    ended_at: Micros | None = None
    ended_because: str | None = None


@dataclass(frozen=True, slots=True)
class OpenFire:
    """A fire at *premises* that is open since *opened_at*; its *owner*, where somebody took it."""

    premises: str
    opened_at: Micros
    owner: str | None = None


def overdue(session: Session, limits: SessionLimits, now: Micros) -> tuple[Micros, SessionEnd] | None:
    """Return since when *session* is beyond a limit at *now*, and which; None within both."""
    over = min(
        (session.renewed_at + limits.absolute, SessionEnd.TOO_OLD),
        (session.seen_at + limits.idle, SessionEnd.IDLE),
    )
    return over if now >= over[0] else None


@dataclass(frozen=True, slots=True)
class Desk:
    """The person of a session: the *names* that own fires, and whether the areas have premises."""

    names: frozenset[str]
    has: Callable[[str], bool]


def stretched(
    session: Session, limits: SessionLimits, now: Micros, *, fires: Iterable[OpenFire], desk: Desk
) -> Stretch | None:
    """Return why *session*, which is beyond a limit, goes on at *now*; None where it does not.

    Only a fire counts that was open before the session would have ended: one that begins later wakes
    no session.
    """
    over = overdue(session, limits, now)
    if over is None or now >= over[0] + limits.stretch:
        return None
    last = max(over[0], session.seen_at)
    running = [each for each in fires if each.opened_at <= last]
    if any(each.owner in desk.names for each in running):
        return Stretch.OWNS_FIRE
    is_near = any(desk.has(each.premises) for each in running)
    return Stretch.FIRE_IN_AREAS if is_near else None
