"""Values of reports as people read them."""

from datetime import date, datetime

from reports.domain.document import ColumnKind, Value


def shown_value(value: Value, kind: ColumnKind) -> str:
    """Return *value* as people read it; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return _number(value, kind)
    return f"{value:,}" if isinstance(value, int) else value


def _number(value: float, kind: ColumnKind) -> str:
    if kind is ColumnKind.SHARE:
        return f"{value * 100:.3f} %"
    return f"{value:,.1f} s" if kind is ColumnKind.SECONDS else f"{value:,.2f}"
