"""The changes that wait for the one thread that writes, in the order in which they get there."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from alerting.engine.unit_of_work import UnitOfWork
from contract.times import Micros

MOST_TOGETHER = 64
"""Changes that share one commit at the most."""


class Urgency(IntEnum):
    """The order of changes that wait; of equal ones the older goes first."""

    LETS_GO = 0
    """Lets a message go that waits for it: nothing that comes in may hold that up."""
    AS_IT_CAME = 1


@dataclass(frozen=True, slots=True, eq=False)
class WaitingChange:
    """A *change* at *now* whose caller waits for *answer*."""

    change: Callable[[UnitOfWork], Any]
    now: Micros
    answer: "asyncio.Future[Any]"


class WaitingChanges:
    """The changes that wait, by their urgency."""

    def __init__(self) -> None:
        self._waiting: dict[Urgency, deque[WaitingChange]] = {each: deque() for each in Urgency}

    def add(self, change: WaitingChange, urgency: Urgency) -> None:
        """Let *change* wait behind those of its *urgency*."""
        self._waiting[urgency].append(change)

    def take(self) -> list[WaitingChange]:
        """Take those that go next; one of each urgency is among them."""
        urgent, others = (self._waiting[each] for each in Urgency)
        taken = [urgent.popleft() for _ in range(min(len(urgent), MOST_TOGETHER - 1))]
        return taken + [others.popleft() for _ in range(min(len(others), MOST_TOGETHER - len(taken)))]

    def put_back(self, changes: Sequence[WaitingChange]) -> None:
        """Let *changes*, for which there was no time, go next."""
        self._waiting[Urgency.AS_IT_CAME].extendleft(reversed(changes))
