"""The seam between what a request brings and the actor whom it proves."""

from dataclasses import dataclass
from typing import Protocol

from accounts.domain.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The credentials of a request: a token in ``Authorization``, a session's cookie, and its address.

    *address* is empty where a proxy asks that the settings do not name. *is_here* says that a program
    on this machine asks by itself, not through a proxy, whichever the settings name. A request that
    goes on for long is looked at again, which is not *a_use* of the session: it keeps nobody signed in.
    """

    bearer: str | None
    session: str | None
    address: str
    is_here: bool = False
    a_use: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether the request brings neither a token nor a session."""
        return self.bearer is None and self.session is None


class Identifier(Protocol):
    """One way to know who asks."""

    async def identify(self, given: Credentials) -> Actor | None:
        """Return the actor whom *given* proves; None where it proves nobody that is known here."""
