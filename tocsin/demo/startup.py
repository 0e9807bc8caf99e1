"""Waits until every part of the demonstration is ready, within one bound; names the slow parts."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from tocsin.demo.processes import Child

Check = Callable[[], Awaitable[bool]]
"""Whether one part is ready."""

POLL_S = 0.05


class NotReady(Exception):
    """Parts of the demonstration were not ready in time; the text names them and the remedy."""


@dataclass(frozen=True, slots=True)
class Startup:
    """The start of all parts, which may take *within_s* seconds from *begun* on (monotonic)."""

    within_s: float
    begun: float

    @classmethod
    def begin(cls, within_s: float) -> "Startup":
        """Return a start that begins now."""
        return cls(within_s, monotonic())

    @property
    def took_s(self) -> float:
        """Seconds since the begin."""
        return monotonic() - self.begun

    async def wait_until(self, checks: Mapping[str, Check], children: Sequence[Child]) -> None:
        """Wait for all of *checks*; raises NotReady, or ChildEnded if one of *children* ends."""
        waiting = dict(checks)
        while waiting:
            for each in children:
                await each.raise_if_ended()
            waiting = {part: check for part, check in waiting.items() if not await check()}
            if waiting and self.took_s > self.within_s:
                raise NotReady(_slow(waiting, self.within_s))
            await asyncio.sleep(POLL_S)


def _slow(parts: Mapping[str, object], within_s: float) -> str:
    load, processors = os.getloadavg()[0], os.cpu_count()
    return (
        f"not ready after {within_s:.0f} s: {', '.join(parts)} (load {load:.1f} on {processors} "
        f"processors); end other work, or allow more time with --start-within {within_s * 3:.0f}"
    )
