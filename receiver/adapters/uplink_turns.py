"""Turns of the accounts at the broker: a few in each round of the event loop, those with a fire first.

All transmitters that have sent something are served in each round. A bound on what is relayed meanwhile
keeps their acknowledgements quick, whatever waits for the broker; and signals of an account that come
while it waits for its turn share its message.
"""

import asyncio
from collections.abc import Iterator

_IN_A_ROUND = 8
"""Messages: a few milliseconds."""


class UplinkTurns:
    """Gives accounts their turns."""

    def __init__(self) -> None:
        self._first: dict[AccountTurn, asyncio.Future[None]] = {}
        self._others: dict[AccountTurn, asyncio.Future[None]] = {}
        self._left = _IN_A_ROUND
        self._has_begun = False

    async def wait(self, account: "AccountTurn") -> None:
        """Wait until it is the turn of *account*; each account waits for one at a time."""
        if self._left and not self._first and not self._others:
            self._take_one()
            return
        given: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._first if account.is_first else self._others)[account] = given
        try:
            await given
        finally:
            self._first.pop(account, None)
            self._others.pop(account, None)

    def move_first(self, account: "AccountTurn") -> None:
        """Let *account* go before those that have no fire to tell."""
        if (given := self._others.pop(account, None)) is not None:
            self._first[account] = given

    def _take_one(self) -> None:
        self._left -= 1
        if not self._has_begun:
            self._has_begun = True
            asyncio.get_running_loop().call_soon(self._begin_round)

    def _begin_round(self) -> None:
        """Give the turns of the next round."""
        self._has_begun = False
        self._left = _IN_A_ROUND
        for given in self._next():
            if not given.done():
                given.set_result(None)
                self._take_one()

    def _next(self) -> Iterator[asyncio.Future[None]]:
        """Yield and take away those that wait, while there are turns left."""
        for waiting in (self._first, self._others):
            while self._left and waiting:
                yield waiting.pop(next(iter(waiting)))


class AccountTurn:
    """The turn of one account; *is_first* while it has a fire to tell."""

    def __init__(self, turns: UplinkTurns) -> None:
        self._turns = turns
        self.is_first = False

    def hurry(self) -> None:
        """Go before accounts that have no fire to tell."""
        self.is_first = True
        self._turns.move_first(self)

    async def __call__(self) -> None:
        """Wait for the turn."""
        await self._turns.wait(self)
        self.is_first = False
