"""TOML files that people write: their content, and the line on which each key stands."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from runtime.text_files import NotText, read_text

Place = tuple[str | int, ...]
"""The way to a value: keys, and the positions in lists, from 0 on."""


DEEPEST = 32
"""Levels of tables and lists within each other: more than any settings or registry has."""

TOO_DEEP = f"nested more than {DEEPEST} levels deep; write its tables under headings"


class BadToml(Exception):
    """The file cannot be read or is not TOML; the text names it and says why."""


@dataclass(frozen=True)
class TomlFile:
    """The content of a TOML file, and its text to look up lines in."""

    content: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    @cached_property
    def _lines(self) -> dict[Place, int]:
        return dict(_keys(self.text))

    def line(self, place: Place) -> int | None:
        """Return the line of the value at *place*, or of the innermost table around it."""
        for length in range(len(place), 0, -1):
            if place[:length] in self._lines:
                return self._lines[place[:length]]
        return None


def read_toml_file(file: Path) -> TomlFile:
    """Return *file* with its lines; raises BadToml."""
    try:
        text = read_text(file)
        content = tomllib.loads(text)
    except OSError as error:
        raise BadToml(f"{file}: {error.strerror}") from error
    except (NotText, tomllib.TOMLDecodeError) as error:
        raise BadToml(f"{file}: {error}") from error
    except RecursionError as error:
        raise BadToml(f"{file}: {TOO_DEEP}") from error
    if _is_deeper(content, DEEPEST):
        raise BadToml(f"{file}: {TOO_DEEP}")
    return TomlFile(content, text)


def _is_deeper(content: object, levels: int) -> bool:
    """Return whether tables and lists of *content* are within each other by more than *levels*."""
    within: list[object] = [content]
    for _ in range(levels):
        within = [inner for each in within for inner in _within(each)]
    return any(isinstance(each, dict | list) for each in within)


def _within(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_TABLE = re.compile(rf"[ \t]*(?P<open>\[\[?)[ \t]*(?P<keys>{_KEYS})")
_PAIR = re.compile(rf"[ \t]*(?P<keys>{_KEYS})[ \t]*=")
_TOKEN = re.compile(
    r'"""(?:\\.|(?!""").)*"{3,5}'
    r"|'''(?:(?!''').)*'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*|[\[\]{}\n]",
    re.DOTALL,
)
"""A piece of a value that may hold a line's end or a bracket, or that is one."""


def _keys(text: str) -> Iterator[tuple[Place, int]]:
    """Yield the place and the line of each table and key in *text*, which is TOML."""
    at, line = 0, 1
    table: Place = ()
    counts: dict[Place, int] = {}
    while at < len(text):
        if found := _TABLE.match(text, at):
            table = _entered(found, counts)
            yield table, line
        elif found := _PAIR.match(text, at):
            yield (*table, *_split(found["keys"])), line
        end = _end_of_line(text, found.end() if found else at)
        line += text.count("\n", at, end)
        at = end


def _entered(found: re.Match[str], counts: dict[Place, int]) -> Place:
    """Return the place of the table that begins at *found*; *counts* has the lists of tables so far."""
    place: Place = ()
    keys = _split(found["keys"])
    for number, key in enumerate(keys, start=1):
        place = (*place, key)
        if number == len(keys) and found["open"] == "[[":
            counts[place] = counts.get(place, 0) + 1
        if place in counts:
            place = (*place, counts[place] - 1)
    return place


def _split(keys: str) -> list[str]:
    return [each[1:-1] if each[0] in "\"'" else each for each in re.findall(_KEY, keys)]


def _end_of_line(text: str, at: int) -> int:
    """Return the position after the line's end that is in no string and in no bracket."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        piece = token[0]
        if piece == "\n" and depth <= 0:
            return token.end()
        depth += (piece in "[{") - (piece in "]}")
    return len(text)


def shown(place: Place) -> str:
    """Return *place* as people count: ``points[2].kind`` is that of the second point."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


def name_at(content: object, place: Place) -> str | None:
    """Return the name of the innermost list entry around *place*, where it has one."""
    name = None
    for part in place:
        content = inside(content, part)
        if isinstance(part, int) and isinstance(content, Mapping):
            given = next((content[key] for key in ("id", "name", "address") if key in content), None)
            name = given if isinstance(given, str) else None
    return name


def inside(content: object, part: str | int) -> object:
    """Return what is at *part* of *content*, or None."""
    if isinstance(content, Mapping):
        return content.get(part)
    if isinstance(content, list | tuple) and isinstance(part, int) and part < len(content):
        return content[part]
    return None
