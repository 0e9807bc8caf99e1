"""The turns of premises on a channel that sends one message at a time: none waits behind a flood."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from contract.times import Micros

KEPT = 1_000
"""Premises whose last turn is remembered; the one that was served longest ago is forgotten first."""


class WaitingPremises(Protocol):
    """Deliveries of one *premises* and *rank* that wait, the oldest *since* then."""

    @property
    def premises(self) -> str:
        """The premises."""

    @property
    def rank(self) -> int:
        """The rank of the deliveries; a lower one goes first."""

    @property
    def since(self) -> Micros:
        """The time since when the oldest of them waits."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The premises that were *served*, the one that was served last at the end."""

    served: tuple[str, ...] = ()

    def next_of(self, waiting: Iterable[WaitingPremises]) -> str:
        """Return the premises whose turn it is: within the lowest rank, that which was served longest
        ago; of those that were never served, that which waits longest.
        """
        turn = {premises: number for number, premises in enumerate(self.served)}
        first = min(
            waiting, key=lambda each: (each.rank, turn.get(each.premises, -1), each.since, each.premises)
        )
        return first.premises

    def after(self, premises: str) -> "Turns":
        """Return the turns after *premises* was served."""
        others = tuple(each for each in self.served if each != premises)
        return Turns((*others, premises)[-KEPT:])
