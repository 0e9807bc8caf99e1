"""Ends a verb that cannot do its work: each error a sentence that names the remedy."""

from contextvars import ContextVar
from typing import NoReturn

import typer

from tocsin.terminal import say_json
from words.people_text import shown_lines

_IN_JSON: ContextVar[bool] = ContextVar("_IN_JSON", default=False)


def answer_in_json(wanted: bool) -> bool:
    """Remember from the option ``--json`` on whether a program reads the errors; return *wanted*.

    It is told where the option is not given, too: each of two commands in one process is answered as it
    asks.
    """
    _IN_JSON.set(wanted)
    return wanted


def in_json() -> bool:
    """Return whether a program reads the errors."""
    return _IN_JSON.get()


def stop(*errors: str) -> NoReturn:
    """End with exit code 2 after showing *errors*."""
    show(*errors)
    raise typer.Exit(2)


def show(*errors: str) -> None:
    """Write *errors* to stderr; after ``--json`` as JSON to stdout, where a program reads answers."""
    if in_json():
        say_json({"errors": errors})
        return
    for error in errors:
        typer.secho(shown_lines(error), fg=typer.colors.RED, err=True)


def missing(library: str, extra: str) -> NoReturn:
    """End because this verb needs *library* of *extra*: the installation is that of a gateway."""
    stop(f"this verb needs {library}, which is not installed: pip install 'tocsin[{extra}]'")
