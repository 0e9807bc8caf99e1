"""Fields that several requests and answers of the center share."""

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from contract.times import Micros
from words.folder import languages
from words.people_text import UNSEEN

# Readers of patterns do not agree on what \s is beyond ASCII.
_SEEN = rf"[^\s{UNSEEN}\x20\xa0]"
_NAME = rf"^ *{_SEEN}[^{UNSEEN}]*\Z"
Actor = Annotated[str, Meta(min_length=1, max_length=100, pattern=_NAME)]
"""The name of a person who acts, for people to read."""

Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=_NAME)]
"""The reason that a person gives, in one line that is not empty."""

Note = Annotated[str, Meta(max_length=500, pattern=rf"^[^{UNSEEN}]*\Z")]
"""A remark of a person, in one line."""


SecretText = Annotated[str, Meta(min_length=1, max_length=256, pattern=rf"^[^{UNSEEN}]*\Z")]
"""A password, or the code of a link: no answer repeats it."""

OwnPassword = Annotated[str, Meta(max_length=256, pattern=rf"^[^{UNSEEN}]*\Z")]
"""The password of whoever asks, or nothing."""


Language = Annotated[str, Meta(pattern=rf"^({'|'.join(languages())})\Z")]
"""The language of an answer in words (ISO 639): one that the catalogues of the center have."""


class WhichState(StrEnum):
    """A selection of incidents by whether they are closed."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Missing(StrEnum):
    """Things that signing in, or a role, still needs."""

    CODE = "code"
    """A one-time code of the device that is enrolled."""
    SECOND_FACTOR = "second factor"
    """A device for one-time codes: enrol one."""


class CodedSentence(Struct, frozen=True, kw_only=True):
    """A sentence of the center by its *code*, with the *values* in it: a page says it in its words."""

    code: str
    values: dict[str, str] = {}


class Error(Struct, frozen=True, kw_only=True):
    """An error: the thing, the fault and the remedy.

    *owner* has the incident, closed it, or asked for what waits *since* then; *refusal* is the code of
    why an act is refused. *missing* is what signing in still needs (401).
    """

    error: str
    owner: str | UnsetType = UNSET
    refusal: str | UnsetType = UNSET
    since: Micros | UnsetType = UNSET
    missing: Missing | UnsetType = UNSET
