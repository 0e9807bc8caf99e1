"""A log for what senders of messages can cause: few lines of each sender, and in all."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from structlog.typing import FilteringBoundLogger

from runtime.repeats import Repeats

MOST_KNOWN = 1_000
"""Events of senders that are remembered; that of the sender not heard for longest begins anew."""

MOST_LINES, EACH_S = 100, 60.0
"""Lines about all senders in so many seconds: names are made up as easily as they are sent."""


@dataclass(slots=True)
class _Lines:
    repeats: Repeats = field(default_factory=Repeats)
    left_out: int = 0


class SenderLog:
    """Writes to *log* at once, then more and more rarely of the same sender and event.

    *now* is the time in seconds. A line says how many others like it were left out before.
    """

    def __init__(self, log: FilteringBoundLogger, now: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._now = now
        self._known_lines: OrderedDict[Hashable, _Lines] = OrderedDict()
        self._since = now()
        self._lines = 0

    def warning(self, event: str, *, sender: Hashable, **fields: Any) -> None:
        """Log *event* about *sender* as a warning, if a line is due."""
        if (left_out := self._left_out(event, sender)) is not None:
            self._log.warning(event, **fields, **_counted(left_out))

    def error(self, event: str, *, sender: Hashable, **fields: Any) -> None:
        """Log *event* about *sender* as an error, if a line is due."""
        if (left_out := self._left_out(event, sender)) is not None:
            self._log.error(event, **fields, **_counted(left_out))

    def info(self, event: str, *, sender: Hashable, **fields: Any) -> None:
        """Log *event* about *sender* for information, if a line is due."""
        if (left_out := self._left_out(event, sender)) is not None:
            self._log.info(event, **fields, **_counted(left_out))

    def _left_out(self, event: str, sender: Hashable) -> int | None:
        """Return how many lines like this were left out before; None if this one is left out, too."""
        now, known = self._now(), self._known((sender, event))
        if not self._has_room(now) or not known.repeats.is_due(event, now):
            known.left_out += 1
            return None
        self._lines += 1
        left_out, known.left_out = known.left_out, 0
        return left_out

    def _known(self, key: Hashable) -> _Lines:
        known = self._known_lines.setdefault(key, _Lines())
        self._known_lines.move_to_end(key)
        if len(self._known_lines) > MOST_KNOWN:
            self._known_lines.popitem(last=False)
        return known

    def _has_room(self, now: float) -> bool:
        if now - self._since >= EACH_S:
            self._since, self._lines = now, 0
        return self._lines < MOST_LINES


def _counted(left_out: int) -> dict[str, int]:
    return {"left_out": left_out} if left_out else {}
