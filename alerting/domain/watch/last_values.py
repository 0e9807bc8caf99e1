"""Keeps the last few of many values; the memory of a deque would be ten times that of the values."""

from typing import TypeVar

T = TypeVar("T")


def last_of(most: int, *values: T) -> tuple[T, ...]:
    """Return the last of *values*, *most* at most."""
    return values[-most:]
