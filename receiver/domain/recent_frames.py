"""Recognize a frame that came before: its transmitter did not get the answer, or somebody replays it."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

REPEATED_WITHIN_S = 120.0
"""Seconds within which the same sequence with the same content is the same message.

Numbers go round after 9999, and a transmitter that was switched on begins with 1 again: a fire that it
tells later than this is another one.
"""

MOST_REMEMBERED = 64


class RecentFrame(NamedTuple):
    """A frame that was taken: digests of its *content*, and of its *raw* bytes where it was encrypted.

    *at* is in microseconds since 1970.
    """

    sequence: int
    content: str
    raw: str
    at: int


class RecentFrames:
    """The latest frames of one account."""

    def __init__(self, known: Iterable[RecentFrame] = ()) -> None:
        self._frames = deque(known, MOST_REMEMBERED)

    def is_repeated(self, frame: RecentFrame) -> bool:
        """Return whether *frame* came before.

        An encrypted one is known by its bytes however old it is: they hold random ones.
        """
        return any(
            bool(frame.raw and frame.raw == each.raw)
            or (
                (each.sequence, each.content) == (frame.sequence, frame.content)
                and frame.at - each.at <= REPEATED_WITHIN_S * 1e6
            )
            for each in reversed(self._frames)
        )

    def add(self, frame: RecentFrame) -> None:
        """Remember *frame*."""
        self._frames.append(frame)

    def forget(self, frame: RecentFrame) -> None:
        """Forget *frame*: it was not stored, and counts as new when it comes again."""
        if frame in self._frames:
            self._frames.remove(frame)
