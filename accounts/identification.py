"""The seam between what a request brings and the actor whom it proves."""

from dataclasses import dataclass
from typing import Protocol

from accounts.domain.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a request brings: a token in ``Authorization``, the cookie of a session, and its address."""

    bearer: str | None
    session: str | None
    address: str


class Identifier(Protocol):
    """One way to know who asks."""

    async def identify(self, given: Credentials) -> Actor | None:
        """Return the actor whom *given* proves; None where it proves nobody that is known here."""
