"""A group of verbs whose modules are imported when a verb runs, so that every verb starts quickly."""

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typer.main import get_command, get_group

from tocsin.usage_errors import show_usage_error


@dataclass(frozen=True, slots=True)
class Verb:
    """A function or a group of verbs, as ``module:name``, and the line that lists it."""

    place: str
    summary: str


class LazyGroup(TyperGroup):
    """Lists *verbs* by their summaries; imports the one that runs."""

    verbs: Mapping[str, Verb] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, verb in self.verbs.items():
            self.add_command(TyperCommand(name, help=verb.summary, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the verb that *args* begin with, imported now."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, self.loaded(name) if name else command, rest

    def main(self, *args: Any, **settings: Any) -> Any:
        """Run a verb and end the program with its code; errors of arguments are in plain words."""
        settings = {"standalone_mode": True} | settings
        if not settings["standalone_mode"]:
            return super().main(*args, **settings)
        try:
            code = super().main(*args, **(settings | {"standalone_mode": False}))
        except typer.TyperException as error:
            code = show_usage_error(error)
        sys.exit(code if isinstance(code, int) else 0)

    def loaded(self, name: str) -> Any:
        """Return the verb *name*, imported now."""
        verb = self.verbs.get(name)
        return self.commands[name] if verb is None else load(name, verb)


def lazy_group(verbs: Mapping[str, Verb], **settings: Any) -> typer.Typer:
    """Return a group of *verbs*, with the *settings* of any other group."""
    kind = type("LazyGroup", (LazyGroup,), {"verbs": verbs})
    return typer.Typer(cls=kind, rich_markup_mode=None, **settings)


def load(name: str, verb: Verb) -> Any:
    """Return the command that *verb* stands for, under *name*."""
    module, _, attribute = verb.place.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if isinstance(found, typer.Typer):
        found.rich_markup_mode = None
        command: Any = get_group(found)
    else:
        alone = typer.Typer(rich_markup_mode=None, add_completion=False)
        alone.command(name)(found)
        command = get_command(alone)
    command.name = name
    keep_lines(command)
    name_values(command)
    return command


def keep_lines(command: Any) -> None:
    r"""Let the help of *command*, and of the verbs below it, keep the lines of a block marked ``\b``.

    A raw docstring has the two characters; click looks for the control character.
    """
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for each in getattr(command, "commands", {}).values():
        keep_lines(each)


VALUES = {int: "NUMBER", float: "NUMBER", str: "TEXT", Path: "FILE"}
"""Names of the values of options that have none of their own, by their type."""


def name_values(command: Any) -> None:
    """Let the help of *command* name values as people do: no types of Python, capitals for all."""
    for parameter in command.params:
        kind = parameter.type_descriptor
        if isinstance(parameter, TyperArgument):
            parameter.metavar = parameter.metavar or parameter.name.upper()
            vars(parameter)["_usage_display_name"] = partial(_name_in_usage, parameter)
            if not kind.is_choice:
                vars(parameter)["display_type_rich"] = lambda ctx: ""  # its name says what it is
        elif parameter.metavar is None and not kind.is_choice and not parameter.is_flag:
            parameter.metavar = VALUES.get(kind.annotation, "VALUE")
    for each in getattr(command, "commands", {}).values():
        name_values(each)


def _name_in_usage(parameter: TyperArgument) -> str:
    """Return the name as pip and kubectl show it: plain, in brackets where it may be left out."""
    name = parameter.display_name_raw
    return name if parameter.required else f"[{name}]"
