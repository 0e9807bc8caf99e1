"""The words of a message: Tocsin's own, or an operator's with its fields filled in."""

from collections.abc import Mapping
from typing import Any

EXERCISE = {"vi": "DIỄN TẬP: ", "en": "EXERCISE: "}
"""What stands before every word of a drill, whatever an operator wrote."""


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
        text=own,
    )
    marked = said.get("exercise") and "{text}" not in template
    return EXERCISE[language] + filled if marked else filled


def _name(point: Mapping[str, Any] | str) -> str:
    return point if isinstance(point, str) else str(point["name"])
