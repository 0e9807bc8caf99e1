"""Checks a change of a few records by the checks of a whole registry, on what these records touch."""

import re
from collections.abc import Iterator, Set
from datetime import date
from typing import Any

from contract.names import is_name
from registry.domain.change_set import record_of
from registry.domain.encoded_records import PREMISES, SHARED_TABLES, RecordKey
from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.model.registry import TABLES, Registry
from registry.model.rows import RegistryValue

JUDGED_ALONE = frozenset({PREMISES, "contacts", "water", "means"})
"""The tables whose rows no check compares with one another; of all others a change asks for all rows."""

_ABOUT = re.compile(r"(?P<table>\w+) '(?P<key>[^']+)'")
"""The beginning of an error: the row that it is about."""


def change_problems(
    before: Registry, after: Registry, touched: Set[RecordKey], *, today: date | None = None
) -> list[str]:
    """Return the errors that the change from *before* to *after* makes *today*, a sentence each.

    Both have the records *touched*, all that they name, and all that name them. An error of another
    record that was there before is none of the change.
    """
    found = sentences(after, today=today)
    if all(_is_about(each, touched) for each in found) or before == after:
        return found
    # Only now: to check the registry of before takes as long again, and most changes have no error.
    known = set(sentences(before, today=today))
    return [each for each in found if each not in known or _is_about(each, touched)]


def sentences(registry: Registry, *, today: date | None = None) -> list[str]:
    """Return every error in *registry*, each named by table and key; days are held against *today*."""
    origins = {table: (table,) * len(getattr(registry, table)) for table in TABLES}
    return problems(Sourced(registry, origins), today=today)


def names_in(value: RegistryValue) -> frozenset[str]:
    """Return every text in *value* that may be the name of a record that it refers to."""
    return frozenset(_names(value.model_dump(mode="json", exclude_defaults=True)))


def tables_compared(touched: Set[RecordKey]) -> tuple[str, ...]:
    """Return the tables of which all rows are needed to check a change of the records *touched*."""
    if {key.table for key in touched} <= JUDGED_ALONE:
        return ()
    return tuple(table for table in SHARED_TABLES if table not in JUDGED_ALONE)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if is_name(value):
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


def _is_about(error: str, touched: Set[RecordKey]) -> bool:
    found = _ABOUT.match(error)
    if found is None or found["table"] not in TABLES:
        return True
    return record_of(found["table"], found["key"]) in touched
