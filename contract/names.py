"""Names on the wire: premises, gateways, zones and points (docs/protocol.md, 1)."""

import re
from typing import Annotated

from msgspec import Meta

NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,62}$"

# In Python's expressions "$" also stands before a last line feed; "\Z" does not. Other readers of
# NAME_PATTERN (JSON Schema, pydantic) do not know "\Z", and to them "$" is the very end.
Name = Annotated[str, Meta(pattern=NAME_PATTERN.removesuffix("$") + r"\Z")]
"""A lower-case name of 1 to 63 characters, checked wherever a message is decoded."""

_NAME = re.compile(NAME_PATTERN.removesuffix("$"))


def is_name(text: str) -> bool:
    """Return whether *text* may name a premises, gateway, zone or point."""
    return _NAME.fullmatch(text) is not None
