"""The single token of a machine: for its own programs, and for a center without accounts."""

import hmac
from collections.abc import Awaitable, Callable

from accounts.domain.actor import Actor, Evidence, local_actor
from accounts.identification import Credentials
from runtime.settings import is_loopback

AskAdministrator = Callable[[], Awaitable[bool]]
"""Returns whether an administrator can sign in; raises DatabaseError where nobody knows."""


class LocalToken:
    """The single token of the settings; where there is none, whoever reaches loopback.

    Once *has_administrator*, it is good on this machine alone: other machines have tokens of accounts.
    Programs on this machine never wait for the database, and a database that does not answer opens
    nothing to others.
    """

    def __init__(self, token: str | None, has_administrator: AskAdministrator) -> None:
        self._token = None if token is None else token.encode()
        self._has_administrator = has_administrator

    async def identify(self, given: Credentials) -> Actor | None:
        """Return this machine itself where *given* proves it."""
        if self._token is None:
            return local_actor(Evidence.LOOPBACK) if _is_open_to(given) else None
        if not self.is_shown_in(given):
            return None
        if not given.is_here and await self._has_administrator():
            return None
        return local_actor(Evidence.LOCAL_TOKEN)

    def is_shown_in(self, given: Credentials) -> bool:
        """Return whether *given* has the token, wherever it comes from."""
        bearer = (given.bearer or "").encode("utf-8", "surrogateescape")
        return self._token is not None and hmac.compare_digest(bearer, self._token)


def _is_open_to(given: Credentials) -> bool:
    """Return whether *given* is of a program on this machine, and not of a proxy for others."""
    return given.is_empty and (given.is_here or is_loopback(given.address))
