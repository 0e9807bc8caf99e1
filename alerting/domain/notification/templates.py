"""The words of a message: Tocsin's own, or an operator's with its fields filled in."""

from collections.abc import Mapping
from typing import Any

from words.catalogue import Words
from words.people_text import OwnLines, shown, shown_lines

SHORT_ID = 4
"""Letters of a short id, the last ones of an incident's: to name it by telephone."""


def ended(text: str, words: Words, *, call: str, incident: str) -> str:
    """Return *text* about a fire with its end: whom to call, and about which incident."""
    return words.text("fire.call", text=OwnLines(text), call=call, short=incident[-SHORT_ID:])


def message_text(relay: Mapping[str, Any], words: Words, template: str | None) -> str:
    """Return the text of *relay* (docs/protocol.md, 7) in the language of *words*, by any *template*."""
    own = shown_lines(in_language(relay["text"], words.language))
    if template is None:
        return own
    names = [_name(each) for key in ("points", "conditions") for each in relay.get(key, ())]
    filled = template.format(
        premises=shown(relay["premises"]["name"]),
        address=shown(relay["premises"]["address"]),
        points=", ".join(names),
        count=len(names),
        incident=relay["incident"],
        call=relay.get("call", ""),
        text=own,
    )
    if "{text}" in template:
        return filled
    if "{call}" not in template and "call" in relay:
        filled = ended(filled.rstrip(" ."), words, call=relay["call"], incident=relay["incident"])
    return words.text("fire.exercise", text=OwnLines(filled)) if relay.get("exercise") else filled


def in_language(by_language: Mapping[str, str], language: str) -> str:
    """Return the text in *language*; another one where the message is older than that language."""
    return by_language.get(language) or next(iter(by_language.values()))


def _name(point: Mapping[str, Any] | str) -> str:
    return shown(point if isinstance(point, str) else str(point["name"]))
