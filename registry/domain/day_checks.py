"""Checks that days which have passed by their meaning are not in the future."""

from collections.abc import Iterator
from datetime import date

from registry.domain.readable import ReadableRow, readable_rows
from registry.domain.sourced import Sourced
from registry.model.registry import TABLES

PASSED = (
    "installed_on",
    "tested_on",
    "issued_on",
    "inspected_on",
    "declared_on",
    "connected_on",
)
"""The fields with days on which something was done."""

_DATED = tuple(
    table
    for table, row in TABLES.items()
    if table == "premises" or not row.model_fields.keys().isdisjoint(PASSED)
)


def day_problems(sourced: Sourced, today: date | None) -> Iterator[str]:
    """Yield an error for each day that has not come on *today*; none where today is not known."""
    if today is None:
        return
    for table in _DATED:
        for row in readable_rows(sourced, table):
            facility = row.part("facility")
            for each in (row, facility) if facility is not None else (row,):
                yield from _in_future(each, today)


def _in_future(row: ReadableRow, today: date) -> Iterator[str]:
    for key in PASSED:
        day = row.day(key)
        if day is not None and day > today:
            text = f"{key} {day} has not come (today is {today})"
            yield f"{row.where}: {text}; write the day on which it was done, or leave it out"
