"""Log lines of a trouble that lasts: at once, then more and more rarely, so that others stay visible."""

from dataclasses import dataclass, field

from runtime.backoff import Backoff

LINES = Backoff(60.0, 3_600.0)
"""Seconds between lines of the same trouble: a person who reads an hour of the log finds one."""

MOST_REASONS = 16
"""Reasons of one trouble that are told apart; more are texts that never repeat."""


@dataclass(slots=True)
class Repeats:
    """The moments at which one lasting trouble is due in the log, by its reasons."""

    _due: dict[str, tuple[float, int]] = field(default_factory=dict)

    def is_due(self, reason: str, now: float) -> bool:
        """Return whether a line for *reason* is due *now*, in seconds, and expect the next one later."""
        due, lines = self._due.get(reason, (now, 0))
        if now < due:
            return False
        if len(self._due) >= MOST_REASONS:
            self._due.clear()
        self._due[reason] = (now + LINES.delay(lines + 1), lines + 1)
        return True

    def end(self) -> None:
        """Forget the trouble: the next one is due at once."""
        self._due.clear()
