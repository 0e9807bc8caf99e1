"""Strategies of patterns, made once in a process.

Hypothesis makes the strategy of a regular expression anew for each text that it describes, and goes
through each character of its classes: with the classes of ``words.people_text`` that is two seconds of
processor for each operation of the HTTP interface. The same pattern has the same strategy.
"""

from typing import Any

from hypothesis.strategies import SearchStrategy
from hypothesis.strategies._internal import regex

_MADE: dict[tuple[object, ...], SearchStrategy[Any]] = {}
_make = regex.regex_strategy


def _made(pattern: Any, fullmatch: bool, *, alphabet: Any, **more: Any) -> SearchStrategy[Any]:
    key = (pattern, fullmatch, repr(alphabet), *more.items())
    if key not in _MADE:
        _MADE[key] = _make(pattern, fullmatch, alphabet=alphabet, **more)
    return _MADE[key]


def make_each_once() -> None:
    """Let the strategy of each pattern be made once, from now on in this process."""
    vars(regex)["regex_strategy"] = _made
