"""One wake-up of the event loop for all that several threads put down within a moment."""

import asyncio
from collections.abc import Callable

from runtime.aligned_timers import until_next


class Gathering:
    """Wakes its members together every *every_s* seconds for as long as any of them has work.

    After a moment without work nothing is gathered: what comes then is worked on at once, and begins
    the next gathering. A member is a call that wakes the worker if there is work, and answers whether.
    """

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._members: list[Callable[[], bool]] = []
        self.is_on = False
        """Whether work will be looked for by itself. Threads read it after they put work down."""

    def add(self, member: Callable[[], bool]) -> None:
        """Wake *member* as well."""
        self._members.append(member)

    def begin(self) -> None:
        """Gather from now on; call it in the event loop, after work."""
        if not self.is_on:
            self.is_on = True
            asyncio.get_running_loop().call_later(until_next(self._every_s), self._wake)

    def _wake(self) -> None:
        self.is_on = False
        # In this order: a thread that saw the gathering on has put its work down before this look.
        if self._wake_members():
            self.begin()

    def _wake_members(self) -> bool:
        return sum(member() for member in self._members) > 0
