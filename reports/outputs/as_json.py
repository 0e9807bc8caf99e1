"""A report as JSON, for programs: each row is an object with the keys of the columns."""

from datetime import date, datetime

import msgspec

from reports.domain.document import ReportDocument, ReportTable


def as_json(report: ReportDocument) -> bytes:
    """Return *report* as one line of JSON."""
    period = report.period
    about = {
        "report": report.name,
        "title": report.title,
        "language": report.language,
        "from": period.first.isoformat(),
        "to": period.end.isoformat(),
        "zone": period.zone,
        "as_of": report.as_of,
        "headings": list(report.headings),
        "tables": [_table(each) for each in report.tables],
    }
    return msgspec.json.encode(about) + b"\n"


def _table(table: ReportTable) -> dict[str, object]:
    columns = [{"key": each.key, "title": each.title, "kind": each.kind.value} for each in table.columns]
    keys = [each.key for each in table.columns]
    rows = [dict(zip(keys, map(_value, row), strict=True)) for row in table.rows]
    return {
        "table": table.key,
        "title": table.title,
        "note": table.note,
        "columns": columns,
        "rows": rows,
    }


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
