"""Requests and answers about spreadsheets of the registry (docs/protocol.md, 8)."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.http.common import Actor, Language, Note
from contract.http.drafts import TableName
from words.people_text import UNSEEN

Headings = Annotated[str, Meta(max_length=1_500, pattern=rf"^[^{UNSEEN}]*\Z")]
"""A JSON object of texts: what headings mean."""

Filled = Annotated[str, Meta(max_length=500, pattern=rf"^[^{UNSEEN}]*\Z")]
"""A JSON object of texts: fields of rows without a column of them."""

FileName = Annotated[str, Meta(max_length=200, pattern=rf"^[^{UNSEEN}]*\Z")]
"""The name of a file, for people to read."""

Source = Annotated[str, Meta(max_length=100, pattern=rf"^[^{UNSEEN}]*\Z")]
"""The name of whoever sends sheets. With all others it fits into one line, however it is encoded."""


class SheetQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The way in which a file is read.

    *name* is that of the file, for its errors; *table* that of all its sheets, where their headings do
    not tell. *source* is who sends such sheets: the account's mapping of their headings is remembered.
    *map* says what headings mean ({"DT sàn XD": "facility.floor_area_m2", "Ghi chú": "-"}), *fill* gives
    fields to rows without a column of them ({"area": "tan-thanh"}). Where it is *complete*, absent rows
    are removed. *call_heads* makes contacts of heads and team leaders. *lang* is that of errors.
    """

    name: FileName = ""
    table: TableName | None = None
    source: Source = ""
    map: Headings = "{}"
    fill: Filled = "{}"
    complete: bool = False
    call_heads: bool = False
    lang: Language = "vi"


class SheetFieldChange(Struct, frozen=True, kw_only=True):
    """A field that a sheet changes, as its cells say it."""

    field: str
    before: str
    after: str


class SheetRowChange(Struct, frozen=True, kw_only=True):
    """A row that a sheet adds, changes or removes, with the *fields* that it changes."""

    table: str
    key: str
    name: str
    premises: str | None = None
    fields: list[SheetFieldChange] = []


class SheetDuplicate(Struct, frozen=True, kw_only=True):
    """A new row that is like the row *other*: its likeness of 100, and why it may be the same place."""

    table: str
    key: str
    other: str
    score: int
    same_place: str


class SheetFinding(Struct, frozen=True, kw_only=True):
    """A fault at a cell, row, sheet or file, and its remedy; an error refuses the whole."""

    severity: str
    reason: str
    file: str
    sheet: str
    row: int | None
    column: str | None
    heading: str
    text: str
    error: str
    remedy: str


class SheetCounts(Struct, frozen=True, kw_only=True):
    """The number of each, of those too that are not shown."""

    added: int
    changed: int
    removed: int
    unchanged: int
    duplicates: int
    errors: int
    warnings: int
    notes: int


class SheetPreview(Struct, frozen=True, kw_only=True):
    """A preview of what a file would change in *version*.

    It is kept until it expires where it is *usable* and changes something; else both are null.
    """

    id: str | None
    expires_at: int | None
    version: int
    usable: bool
    counts: SheetCounts
    added: list[SheetRowChange]
    changed: list[SheetRowChange]
    removed: list[SheetRowChange]
    duplicates: list[SheetDuplicate]
    findings: list[SheetFinding]


class SheetAct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The preview is applied; *by* is as in ``ActionRequest``."""

    by: Actor | None = None
    note: Note = ""


class SheetFileQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The language of the headings."""

    lang: Language = "vi"
