"""Values of reports as people read them."""

from datetime import date, datetime

from reports.domain.document import Value, ValueKind


def shown_value(value: Value, kind: ValueKind) -> str:
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


def _number(value: float, kind: ValueKind) -> str:
    if kind is ValueKind.SHARE:
        return f"{value * 100:.3f} %"
    return f"{value:,.1f} s" if kind is ValueKind.SECONDS else f"{value:,.2f}"
