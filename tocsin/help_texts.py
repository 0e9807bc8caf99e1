"""Lays out the help of every command, so that it fits a terminal of any width."""

import inspect
from collections.abc import Callable
from typing import Any

import typer
from rich.markup import escape


def lay_out(app: typer.Typer) -> None:
    """Give each command of *app*, and of its groups, its docstring as a help that flows.

    Typer keeps the line breaks of a docstring and reads ``[[points]]`` as markup.
    """
    own = None if isinstance(app.info.help, str) else app.registered_callback
    for command in (*app.registered_commands, own):
        if command is not None and (text := _text(command.help, command.callback)):
            command.help = flowing(text)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            lay_out(group.typer_instance)


def flowing(text: str) -> str:
    """Return *text* with each paragraph on one line, and its brackets as they stand."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(escape(" ".join(each.split())) for each in paragraphs)


def _text(given: object, callback: Callable[..., Any] | None) -> str | None:
    return given if isinstance(given, str) else inspect.getdoc(callback)
