"""A report as lines for a terminal, in columns."""

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from reports.domain.document import ReportDocument, ReportTable, ValueKind
from reports.outputs.people_values import shown_value
from words.people_text import shown


def as_text(report: ReportDocument) -> str:
    """Return *report* as lines."""
    lines = [report.title, *report.headings]
    for table in report.tables:
        lines += ["", *_lines(table)]
    return "".join(f"{shown(each)}\n" for each in lines)


def _lines(table: ReportTable) -> Iterator[str]:
    yield f"{table.title}. {table.note}"
    titles = [each.title for each in table.columns]
    kinds = [each.kind for each in table.columns]
    rows = [
        [shown_value(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in table.rows
    ]
    widths = [max(map(_width, column)) for column in zip(titles, *rows, strict=True)]
    for row in (titles, *rows):
        yield "  ".join(_padded(row, widths, kinds)).rstrip()


def _padded(row: Sequence[str], widths: Sequence[int], kinds: Sequence[ValueKind]) -> Iterator[str]:
    for text, width, kind in zip(row, widths, kinds, strict=True):
        space = " " * (width - _width(text))
        yield text + space if kind is ValueKind.TEXT else space + text


def _width(text: str) -> int:
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)
