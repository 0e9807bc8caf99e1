"""The help of every verb fits a terminal of 80 columns and speaks of values, not of types."""

import contextlib
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from tocsin.__main__ import app
from tocsin.lazy_group import LazyGroup


def verbs(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    for name in getattr(command, "commands", {}):
        lazy = isinstance(command, LazyGroup)
        yield from verbs(command.loaded(name) if lazy else command.commands[name], (*words, name))


ALL = list(verbs(get_command(app)))


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def help_of(words: tuple[str, ...]) -> list[str]:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.suppress(SystemExit):
        app([*words, "--help"])
    return shown.getvalue().splitlines()


def test_every_verb_is_found() -> None:
    assert {("incident", "acknowledge"), ("override", "begin"), ("sim", "run"), ("demo",)} <= set(ALL)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_a_help_fits_and_names_values_and_not_types(words: tuple[str, ...]) -> None:
    lines = help_of(words)
    assert lines, words
    for line in lines:
        choices = re.match(r"  \S+ <[\w|-]+>$", line)  # choices are not broken within words
        assert len(line) <= 80 or choices, line
        assert not re.search(r"<(bool|str|int|float|list|path)\b", line), line
    usage = " ".join(lines).partition("Options:")[0]
    assert re.findall(r"\{[^}]*[a-z][^}]*\}", usage.partition("  ")[0]) == [], usage


@pytest.mark.parametrize("words", [each for each in ALL if len(each) < 2], ids=" ".join)
def test_the_line_that_lists_a_verb_is_whole(words: tuple[str, ...]) -> None:
    listed = "\n".join(help_of(words)).partition("Commands:\n")[2]
    assert [line for line in listed.splitlines() if line.endswith("...")] == []
