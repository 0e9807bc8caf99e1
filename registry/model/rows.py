"""The base of every row of the registry: a frozen value with an id, in a table of its own."""

from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from runtime.names import Name
from words.people_text import LINE_FEED, UnseenCharacter, people_text, shown

Label = Annotated[str, Field(min_length=1, max_length=200)]
"""Text for a person: a name, a place."""


PeopleText = Annotated[str, AfterValidator(lambda text: people_text(text))]
"""Text for a person outside the registry: composed, and without characters that nobody sees."""


STORED = {"stored": True}
"""The context for a registry that was imported before: it is accepted as it is."""

STORED_PRINTABLE = {"stored": True, "printable": True}
"""The context for what was imported before, and has no character that nobody sees."""


def is_stored(info: ValidationInfo) -> bool:
    """Return whether *info* is about a registry that was imported before."""
    return info.context is STORED_PRINTABLE or info.context == STORED


def _with_a_host(url: str, info: ValidationInfo) -> str:
    """Return *url* if it names a host and a port that can be called; raises ValueError."""
    if is_stored(info):
        return url
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        url.encode()
        reachable = bool(host.encode("idna")) and port != 0
    except ValueError as error:
        raise ValueError(f"no host can be called at {url!a} ({error}); correct its name") from error
    if not reachable:
        raise ValueError(f"{url!a} names no host, or port 0; write http://host:port/path")
    return url


URL_PATTERN = r"^https?://[^\s]+$"

Url = Annotated[str, Field(pattern=URL_PATTERN, max_length=2_000), AfterValidator(_with_a_host)]
"""The URL of a webhook."""


def _composed(value: object, *, allowed: str = "") -> object:
    """Return *value* with the letters of its text composed (Unicode NFC), as all text is compared.

    Raises ValueError for a text with a character that nobody sees and that is not in *allowed*.
    """
    if isinstance(value, str):
        return people_text(value, allowed=allowed)
    if isinstance(value, (list, tuple)):
        return type(value)(_composed(each, allowed=allowed) for each in value)
    if isinstance(value, dict):
        return {name: _composed(each, allowed=allowed) for name, each in value.items()}
    return value


def _composed_field(name: str, value: object, *, allowed: str) -> object:
    """Return *value* of the field *name* composed; raises ValueError that names the field."""
    try:
        return _composed(value, allowed=allowed)
    except UnseenCharacter as error:
        raise ValueError(f"{name}: {error}") from error


def _escaped(value: object, *, allowed: str) -> object:
    """Return *value* of a registry from before with each character that nobody sees escaped."""
    if isinstance(value, str):
        return value if value.isprintable() else shown(value, allowed=allowed)
    if isinstance(value, list):
        return [_escaped(each, allowed=allowed) for each in value]
    return value  # a value within it sees to its own text


class RegistryValue(BaseModel):
    """A value of the registry: frozen, and without unknown keys.

    Text is kept with its letters composed (Unicode NFC): two files that look the same are the same. It
    has no character that nobody sees, but for line feeds in the fields named in *several_lines*: at an
    import it is refused, in a registry that was imported before such a character is escaped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    several_lines: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _compose_text(cls, row: object, info: ValidationInfo) -> object:
        if info.context is STORED_PRINTABLE or not isinstance(row, dict):
            return row
        lines = cls.several_lines
        if info.context == STORED:
            return {
                name: _escaped(value, allowed=LINE_FEED if name in lines else "")
                for name, value in row.items()
            }
        return {
            name: _composed_field(name, value, allowed=LINE_FEED if name in lines else "")
            for name, value in row.items()
        }


class Row(RegistryValue):
    """One row of a table; *id* is unique in it, or within its premises where there is one."""

    id: Name

    @property
    def key(self) -> str:
        """The key of the row in its table."""
        return self.id


class LocalRow(Row):
    """A row that belongs to premises."""

    premises: Name

    @property
    def key(self) -> str:
        """The key of the row in its table: its premises and its id."""
        return f"{self.premises}/{self.id}"
