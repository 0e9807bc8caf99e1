"""Writes to the quarantine, with one sync of the disk for all that wait: a flood delays nobody."""

import asyncio
from collections import deque

from runtime.quarantine import Quarantine, RefusedPayload

MOST_AT_ONCE = 256
"""Payloads in one write."""

MOST_BYTES_AT_ONCE = 8 * 1_048_576
"""Bytes in one write, so that it lasts for some tens of milliseconds."""

Waiting = tuple[RefusedPayload, asyncio.Future[None]]


class QuarantineWriter:
    """The payloads that wait for the quarantine; written for as long as ``write_forever`` runs."""

    def __init__(self, quarantine: Quarantine) -> None:
        self._quarantine = quarantine
        self._waiting: deque[Waiting] = deque()
        self._any = asyncio.Event()

    async def store(self, refused: RefusedPayload) -> None:
        """Return once *refused* is durably stored; raises OSError if the disk does not take it."""
        self._quarantine.count(refused.reason)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((refused, stored))
        self._any.set()
        await stored

    async def write_forever(self) -> None:
        """Write what waits, until cancelled."""
        while True:
            await self._any.wait()
            group = self._next_group()
            try:
                await self._quarantine.store_all([refused for refused, _ in group])
            except OSError as error:
                await self._write_one_by_one(group, error)
            else:
                for _, stored in group:
                    _answer(stored, None)

    async def _write_one_by_one(self, group: list[Waiting], error: OSError) -> None:
        """Write each of *group* alone: a smaller one may fit where all together do not."""
        for refused, stored in group:
            try:
                if len(group) > 1:
                    await self._quarantine.store_all([refused])
                    _answer(stored, None)
                else:
                    _answer(stored, error)
            except OSError as alone:
                _answer(stored, alone)

    def _next_group(self) -> list[Waiting]:
        group: list[Waiting] = []
        room = MOST_BYTES_AT_ONCE
        while self._waiting and len(group) < MOST_AT_ONCE and (room > 0 or not group):
            group.append(self._waiting.popleft())
            room -= len(group[-1][0].payload)
        if not self._waiting:
            self._any.clear()
        return group


def _answer(stored: asyncio.Future[None], error: OSError | None) -> None:
    if stored.done():  # its owner was cancelled
        return
    if error is None:
        stored.set_result(None)
    else:
        stored.set_exception(error)
