"""Tokens of systems: which system is behind one."""

from accounts.active import ActiveAccounts
from accounts.domain.account import SystemToken
from accounts.domain.actor import Actor, ActorKind, Evidence, Grant
from accounts.domain.roles import Role
from accounts.identification import Credentials
from accounts.notes import NoteBook
from accounts.secret_texts import OF_SYSTEMS
from contract.times import to_micros
from runtime.clock import Clock


class TokenIdentifier:
    """Knows systems by their tokens."""

    def __init__(self, active: ActiveAccounts, notes: NoteBook, clock: Clock) -> None:
        self._active = active
        self._notes = notes
        self._clock = clock

    async def identify(self, given: Credentials) -> Actor | None:
        """Return the system whose token *given* has."""
        if given.bearer is None or not given.bearer.startswith(OF_SYSTEMS):
            return None
        token, now = await self._active.token(given.bearer), to_micros(self._clock())
        if token is None or not token.is_in_force(now):
            return None
        if given.a_use:
            self._notes.waiting.tokens[token.id] = (now, given.address)
        return _actor(token)


def _actor(token: SystemToken) -> Actor:
    return Actor(
        account=f"token {token.name}",
        name=token.name,
        kind=ActorKind.SYSTEM,
        evidence=Evidence.TOKEN,
        grants=tuple(
            Grant(role=Role.INTEGRATION, area=each.area, premises=each.premises) for each in token.places
        ),
        scopes=token.scopes,
    )
