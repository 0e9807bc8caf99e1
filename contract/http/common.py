"""Fields that several requests and answers of the center share."""

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

# No NUL: PostgreSQL cannot store it. Readers of patterns do not agree on what \s is beyond ASCII.
_SEEN = r"[^\s\x00-\x20\x7f-\xa0\u180e\ufeff]"
Actor = Annotated[str, Meta(min_length=1, max_length=100, pattern=rf"^[^\x00]*{_SEEN}[^\x00]*$")]
"""The name of a person who acts, for people to read."""


Language = Annotated[str, Meta(pattern="^[a-z]{2,3}$")]
"""The language of an answer in words (ISO 639): one that the catalogues of the center have."""


class WhichState(StrEnum):
    """A selection of incidents by whether they are closed."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Error(Struct, frozen=True, kw_only=True):
    """An error: the thing, the fault and the remedy. *owner* has the incident, or closed it (409)."""

    error: str
    owner: str | UnsetType = UNSET
