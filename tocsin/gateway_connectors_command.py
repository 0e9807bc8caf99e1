"""The verb ``gateway connectors``: the languages of other makers that a line can be heard in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from gateway.domain.connectors.connector import Connector


def connectors(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Only this one, with all that is known of it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the connectors: what they hear, what they supervise, and what they cannot know.

    A line of the gateway names one with connector = "NAME", and its options in [lines.options].

    tocsin gateway connectors printer
    """
    from gateway.connector_check import BadConnector, named
    from gateway.domain.connectors.all_connectors import MODULES

    try:
        found = [named(each) for each in ([name] if name else MODULES)]
    except BadConnector as error:
        stop(str(error))
    described = [_described(each) for each in found]
    if as_json:
        say_json({"connectors": described})
    elif name:
        _show(described[0])
    else:
        for each in described:
            say(f"{each['name']:<12} {each['title']}")


def _described(connector: Connector) -> dict[str, Any]:
    from gateway.connector_check import corpus_of, profiles_of
    from gateway.domain.connectors.corpus import BadCorpus

    try:
        cases = len(corpus_of(connector.name).cases)
    except BadCorpus:
        cases = 0
    return {
        "name": connector.name,
        "title": connector.title,
        "options": _options(connector),
        "profiles": list(profiles_of(connector.name)),
        "supervises": list(connector.supervises),
        "cannot_know": list(connector.cannot_know),
        "silent_after_s": connector.silent_after_s,
        "conversations_in_its_corpus": cases,
    }


def _options(connector: Connector) -> list[dict[str, Any]]:
    return [
        {"name": each.name, "default": None if each.required else _default(each)}
        for each in msgspec.structs.fields(connector.options)
    ]


def _default(option: msgspec.structs.FieldInfo) -> Any:
    if option.default is not msgspec.NODEFAULT:
        return msgspec.to_builtins(option.default)
    made: Any = option.default_factory
    return msgspec.to_builtins(made())


def _show(described: dict[str, Any]) -> None:
    say(f"{described['name']}: {described['title']}")
    say("options:")
    for each in described["options"]:
        default = "required" if each["default"] is None else f"default {each['default']}"
        say(f"  {each['name']} ({default})")
    for key in ("profiles", "supervises", "cannot_know"):
        say(f"{key.replace('_', ' ')}:")
        for text in described[key] or ("nothing",):
            say(f"  {text}")
    silent = described["silent_after_s"]
    say(f"silence of the line: {'means nothing' if silent is None else f'a fault after {silent:g} s'}")
    say(f"conversations in its corpus: {described['conversations_in_its_corpus']}")
