"""The words of a message: Tocsin's own, or an operator's with its fields filled in."""

from collections.abc import Mapping
from typing import Any

EXERCISE = {"vi": "DIỄN TẬP: ", "en": "EXERCISE: "}
"""What stands before every word of a drill, whatever an operator wrote."""


_CALL = {"vi": "Gọi {call}. #{short}", "en": "Call {call}. #{short}"}

SHORT_ID = 4
"""Letters of a short id, the last ones of an incident's: to name it by telephone."""


def tail(language: str, call: str, incident: str) -> str:
    """Return the end of each text of a fire: whom to call, and about which incident."""
    return _CALL[language].format(call=call, short=incident[-SHORT_ID:])


def words(said: Mapping[str, Any], language: str, template: str | None) -> str:
    """The text of the relay *said* (docs/protocol.md, 7) in *language*, by *template* if any."""
    own: str = said["text"][language]
    if template is None:
        return own
    names = [_name(each) for key in ("points", "conditions") for each in said.get(key, ())]
    filled = template.format(
        premises=said["premises"]["name"],
        address=said["premises"]["address"],
        points=", ".join(names),
        count=len(names),
        incident=said["incident"],
        call=said.get("call", ""),
        text=own,
    )
    if "{text}" in template:
        return filled
    ended = filled if "{call}" in template or "call" not in said else _ended(filled, said, language)
    return EXERCISE[language] + ended if said.get("exercise") else ended


def _ended(filled: str, said: Mapping[str, Any], language: str) -> str:
    return f"{filled.rstrip(' .')}. {tail(language, said['call'], said['incident'])}"


def _name(point: Mapping[str, Any] | str) -> str:
    return point if isinstance(point, str) else str(point["name"])
