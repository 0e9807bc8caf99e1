"""Reports over HTTP, and what people enter in the daily sheet (docs/reports.md)."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from contract.http.common import Actor, Language, Note
from contract.names import Name

LINES = 61
"""Lines of the daily sheet."""


class ReportQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The days from *first* (``from``) on and before *end* (``to``), and the *area* that is reported."""

    first: date = msgspec.field(name="from")
    end: date = msgspec.field(name="to")
    area: Name | None = None
    lang: Language = "vi"


class DailyFigure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The *value* of a *line* of the sheet; null takes an earlier entry back."""

    line: Annotated[int, Meta(ge=1, le=LINES)]
    value: Annotated[int, Meta(ge=0, le=10**15)] | None


class DailyFiguresRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures of a *day* for an *area*; without one for the whole of the center."""

    by: Actor | None = None
    day: date
    area: Name | None = None
    figures: Annotated[list[DailyFigure], Meta(min_length=1, max_length=LINES)]
    note: Note = ""


class RecordedFigures(Struct, frozen=True, kw_only=True):
    """The number of figures that were recorded, for whom, and by which account."""

    day: date
    area: Name | None
    recorded: int
    by: str
