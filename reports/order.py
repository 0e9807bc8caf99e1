"""An order of a report, as the process that makes it gets it."""

from enum import StrEnum

from msgspec import Struct

from contract.times import Micros


class ReportForm(StrEnum):
    """The form of a report; also the ending of its path."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


CONTENT_TYPES = {
    ReportForm.JSON: "application/json",
    ReportForm.CSV: "text/csv; charset=utf-8",
    ReportForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportForm.PDF: "application/pdf",
}
"""The media type of each form."""


class ReportOrder(Struct, frozen=True, kw_only=True):
    """The report *name* in *form*, for the days from *first* on and before *end*, ISO 8601.

    *within* are the premises, and *areas* the areas, that it may be about; None for all. *area* is the
    one that it is about, None for all of these.
    """

    database: str
    name: str
    form: ReportForm
    first: str
    end: str
    as_of: Micros
    zone: str
    language: str = "vi"
    within: list[str] | None = None
    areas: list[str] | None = None
    area: str | None = None
