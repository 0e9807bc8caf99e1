"""Checks the registry that a draft would make: the same checks as an import of files has."""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace

from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.drafts.domain.draft import DraftError
from registry.model.registry import TABLES, Registry
from registry.model.rows import Row

MOST_ERRORS = 200
"""Errors of a draft that are kept; whoever corrects these sees the next ones."""

MoreChecks = Callable[[Registry], list[str]]
"""Checks that need settings: of channels, and that each policy reaches somebody."""

_ROW = re.compile(r"(?P<table>\w+)\[\d+\] '(?P<key>[^']*)'(?P<rest>[^:]*): (?P<text>.*)", re.DOTALL)
_PLACE = re.compile(r"(\w+)\[\d+\] '")
_FIRST = re.compile(r"(\w+)")
_BEFORE_VALUE = re.compile(r"(\w+) '")


def new_errors(
    before: Registry, after: Registry, more: MoreChecks
) -> tuple[tuple[DraftError, ...], int]:
    """Return the errors that *after* has and *before* has not, and the number of those that both have.

    An error that is there already, such as a roster that ends, is not the fault of a draft.
    """
    old, new = set(_sentences(before, more)), list(_sentences(after, more))
    found = [draft_error(each) for each in dict.fromkeys(new) if each not in old]
    return tuple(found[:MOST_ERRORS]), len(old.intersection(new))


def own_errors(
    before: Registry, after: Registry, named: frozenset[tuple[str, str]]
) -> tuple[DraftError, ...]:
    """Return the errors that *after* has and *before* has not, where both are what somebody may see.

    *named* are rows elsewhere that rows of *before* name: they are there, though they are not shown.
    """
    old = {_unnumbered(each) for each in problems(Sourced(before, broken=named))}
    new = (_unnumbered(each) for each in problems(Sourced(after, broken=named)))
    found = [draft_error(each) for each in dict.fromkeys(new) if each not in old]
    return tuple(found[:MOST_ERRORS])


ELSEWHERE = DraftError(
    "the change does not fit rows outside your areas",
    "ask somebody with registry:write everywhere to look at it",
)
"""The error for whoever may not see what a draft collides with."""


def readable_errors(
    errors: tuple[DraftError, ...], own: tuple[DraftError, ...]
) -> tuple[DraftError, ...]:
    """Return those of *errors* that an account may read, whose *own* errors name nothing elsewhere."""
    return (*own, ELSEWHERE) if len(errors) > len(own) else own


def names_outside(registry: Registry, shown: Registry) -> frozenset[tuple[str, str]]:
    """Return the rows of *registry* that rows of *shown*, a part of it, name."""
    hidden = {(table, row.key) for table in TABLES for row in getattr(registry, table)} - {
        (table, row.key) for table in TABLES for row in getattr(shown, table)
    }
    words = set(_words(row for table in TABLES for row in getattr(shown, table)))
    return frozenset((table, key) for table, key in hidden if key in words)


def _words(rows: Iterable[Row]) -> Iterator[str]:
    """Yield every text in *rows*: among them are the names of other rows."""
    for row in rows:
        yield from _texts(row.model_dump(mode="json"))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _sentences(registry: Registry, more: MoreChecks) -> Iterator[str]:
    yield from map(_unnumbered, problems(Sourced(registry)))
    yield from more(registry)


def _unnumbered(sentence: str) -> str:
    """Return *sentence* with its rows named by their keys alone: a number means nothing in a draft."""
    return _PLACE.sub(r"\1[0] '", sentence)


def draft_error(sentence: str) -> DraftError:
    """Return *sentence*, "table[number] 'key': fault; remedy", in its parts."""
    found = _ROW.fullmatch(sentence)
    if found is None or found["table"] not in TABLES:
        return _split(_readable(sentence))
    text = _readable(found["text"])
    stage = found["rest"].strip(" ,")
    field = _field_in(text, TABLES[found["table"]].model_fields)
    error = _split(f"{stage}: {text}" if stage else text)
    return replace(error, table=found["table"], key=found["key"], field=field)


def _field_in(text: str, fields: Container[str]) -> str:
    """Return the field that *text* begins with, or names before a value in quotes."""
    words = (_FIRST.match(text), *_BEFORE_VALUE.finditer(text))
    return next((word[1] for word in words if word is not None and word[1] in fields), "")


def _readable(text: str) -> str:
    return re.sub(r"(\w+)\[0\] '", r"\1 '", text)


def _split(text: str) -> DraftError:
    fault, mark, remedy = text.rpartition("; ")
    return DraftError(fault, remedy) if mark else DraftError(text)
