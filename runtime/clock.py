"""The clock of a program: the one place where the time is read."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment, aware and in UTC. Tests pass one that they move."""


def utc_now() -> datetime:
    """Return the present moment by the clock of the machine."""
    return datetime.now(UTC)
