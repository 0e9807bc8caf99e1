"""Requests and answers about the registry: its versions, tables, and the history of a row."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from contract.http.common import Actor, Note
from contract.http.drafts import RowKey
from words.people_text import UNSEEN


class RegistryState(Struct, frozen=True, kw_only=True):
    """The version in use, and the number of rows of each table in the places of whoever asks."""

    version: int
    at: int | None
    by: str
    hash: str
    counts: dict[str, int]


class DescribedField(Struct, frozen=True, kw_only=True):
    """A field of rows at *path*, of a *kind* (docs/spreadsheets.md); its name is ``column.PATH``.

    One that is *required* must have a value. *choices* are its fixed values, each named
    ``value.FAMILY.CHOICE``; *target* is the table whose rows it names. A number lies between *low* and
    *high*. A text with *lines* may have several of them. *default* is its value where nobody gives one.
    """

    path: str
    kind: str
    required: bool
    default: Any
    choices: list[str]
    family: str | None
    target: str | None
    low: float | None
    high: float | None
    lines: bool


class DescribedColumn(DescribedField, frozen=True, kw_only=True):
    """A column of a table; *fields* are those of each value in its list, where it has such a list."""

    fields: list[DescribedField]


class DescribedTable(Struct, frozen=True, kw_only=True):
    """A *table* and its columns; the key of a row that *belongs_to_premises* begins with theirs."""

    table: str
    belongs_to_premises: bool
    columns: list[DescribedColumn]


class DescribedTables(Struct, frozen=True, kw_only=True):
    """All tables of the registry, from which forms are made: a new field is among them by itself."""

    tables: list[DescribedTable]


class RowsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rows to list in the order of keys: *limit* of them behind the key *after*.

    Of *premises* alone where they are named, of rows that belong to some.
    """

    after: Annotated[str, Meta(max_length=127, pattern=rf"^[^{UNSEEN}]*\Z")] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    premises: Annotated[str, Meta(max_length=63, pattern=rf"^[^{UNSEEN}]*\Z")] = ""


class RegistryRow(Struct, frozen=True, kw_only=True):
    """A row by its key; *premises* is a place of it, null where it has none."""

    key: str
    premises: str | None
    row: dict[str, Any]


class RegistryRows(Struct, frozen=True, kw_only=True):
    """Rows of a *table* of *version*; behind the key *next* the rest follows, null at the end."""

    table: str
    version: int
    rows: list[RegistryRow]
    next: str | None


class VersionsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The versions to list: *limit* of them *before* a number, the newest first."""

    before: Annotated[int, Meta(ge=1, le=2_147_483_647)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class VersionRecord(Struct, frozen=True, kw_only=True):
    """A version of the registry: when it was made, by whom, and the note."""

    version: int
    at: int
    by: str
    note: str


class RegistryVersions(Struct, frozen=True, kw_only=True):
    """Versions, the newest first."""

    versions: list[VersionRecord]


class HistoryQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The changes of a row to show, the newest first."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class RowHistoryEntry(Struct, frozen=True, kw_only=True):
    """A change of a row: the version, when and by whom, and each field before and after."""

    version: int
    at: int
    by: str
    note: str
    change: str
    fields: dict[str, list[Any]]


class RowHistory(Struct, frozen=True, kw_only=True):
    """The history of a row, the newest change first."""

    table: str
    key: RowKey
    premises: str | None
    changes: list[RowHistoryEntry]


class RestoreRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An old version to restore: the answer is a draft of what that changes."""

    note: Note = ""
    by: Actor | None = None
