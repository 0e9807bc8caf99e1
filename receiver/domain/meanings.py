"""The meaning of an event code: a state of a point, a trouble of the panel, or nothing about fire."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from contract.panel_words import Word


@dataclass(frozen=True, slots=True)
class OfPoint:
    """*word* begins or ends at the point of the event; *source* tells faults of one point apart.

    One that *sums_up* begins only while no fire stands at another point: it would be the same one.
    """

    word: Word
    holds: bool = True
    source: str = "panel"
    sums_up: bool = False


@dataclass(frozen=True, slots=True)
class OfPanel:
    """A trouble of the panel itself, named by *source*, begins or ends."""

    source: str
    holds: bool = True


Meaning = OfPoint | OfPanel


class AddressedEvent(Protocol):
    """An event in whatever language: what it means for the point at one of *addresses*."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses by which its point may be configured, the closest first."""
        ...

    @property
    def meaning(self) -> Sequence[Meaning]:
        """The meaning of it."""
        ...


NOTHING: tuple[Meaning, ...] = ()
"""The code is known, and says nothing of a fire, a detector or the panel's soundness."""


CHOICES: dict[str, tuple[Meaning, ...]] = {
    **{word.value: (OfPoint(word),) for word in Word},
    **{f"{word} ends": (OfPoint(word, holds=False),) for word in Word},
    "nothing": NOTHING,
}
"""The words by which a setting gives a code another meaning."""
