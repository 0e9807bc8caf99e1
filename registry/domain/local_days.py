"""The local day of a time on the wire, cheap enough for each signal."""

from datetime import date
from functools import lru_cache

from contract.times import SECOND, Micros, from_micros
from registry.model.local_time import local_day

_QUARTER = 900 * SECOND
"""Microseconds. Every midnight of every time zone is at the end of a quarter of an hour."""


def local_day_at(moment: Micros) -> date:
    """Return the local day of *moment*."""
    return _day_of_quarter(moment // _QUARTER)


@lru_cache(maxsize=16)
def _day_of_quarter(quarter: int) -> date:
    return local_day(from_micros(quarter * _QUARTER))
