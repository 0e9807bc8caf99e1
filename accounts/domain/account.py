"""The account of a person, and the token of a system."""

from dataclasses import dataclass
from datetime import date

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from contract.http.permissions import Permission
from contract.times import Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who may sign in as *name*; others read *display_name*, and the *place* of work.

    *contact* is the contact of the registry by which the person is reached about approvals.
    """

    name: str
    display_name: str
    place: str = ""
    grants: tuple[Grant, ...] = ()
    disabled_at: Micros | None = None
    contact: str | None = None

    @property
    def is_disabled(self) -> bool:
        """Whether nobody may sign in to it."""
        return self.disabled_at is not None

    def is_administrator(self, day: date) -> bool:
        """Return whether it may manage all other accounts on *day*."""
        roles = (each for each in self.grants if each.role is Role.ADMINISTRATOR)
        return not self.is_disabled and any(
            each.is_everywhere and each.validity.has(day) for each in roles
        )


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """An *area*, *premises*, or everywhere where neither is named."""

    area: str | None = None
    premises: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemToken:
    """A token of the system *name*: its *scopes* are all that it may, in its *places* alone."""

    id: int
    name: str
    scopes: frozenset[Permission]
    places: tuple[TokenPlace, ...]
    expires_at: Micros
    made_at: Micros
    made_by: str
    seen_at: Micros | None = None
    address: str | None = None
    revoked_at: Micros | None = None

    def is_in_force(self, now: Micros) -> bool:
        """Return whether it proves anything at *now*."""
        return self.revoked_at is None and now < self.expires_at
