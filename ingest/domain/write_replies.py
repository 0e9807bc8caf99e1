"""Judges the reply of an InfluxDB to a write: its verdict on the lines, and when to write again."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

LONGEST_RETRY_AFTER_S = 300.0
"""A server that asks for a longer pause is asked again after this one, in seconds."""


class WriteVerdict(StrEnum):
    """Verdict of a reply on the lines of its request."""

    WRITTEN = "written"
    KEEP = "keep"  # the place is not ready for them: send them again later
    SPLIT = "split"  # too many at once: send them in halves
    REFUSE = "refuse"  # they are bad: sending them again cannot help
    PARTIAL = "partial"  # some are bad, and all others are stored


# About permission or address, not about the lines: a person can put it right, and then they are taken.
_MISPLACED = frozenset({401, 402, 403, 404, 405, 407})
_LATER = frozenset({408, 425, 429})
_TOO_LARGE = 413

# InfluxDB 1 answers 400, 2 answers 422, 3 answers 400; each in words of its own around these two.
_PARTIAL = frozenset({400, 422})
_PARTIAL_WRITE = "partial write"

# InfluxDB 1 and 2; and 3.
_TYPE_CONFLICTS = ("field type conflict", "invalid column type")

WRITTEN = 204
"""The one status with which InfluxDB 1, 2 and 3 and VictoriaMetrics answer a write that they stored."""


def judge_reply(status: int, text: str = "") -> WriteVerdict:
    """Return the verdict of HTTP *status* with a body that begins with *text*.

    Whatever is not clearly the store's own word about the lines themselves keeps them.
    """
    if status == WRITTEN:
        return WriteVerdict.WRITTEN
    if is_html_page(text):
        return WriteVerdict.KEEP
    if status == _TOO_LARGE:
        return WriteVerdict.SPLIT
    if status in _PARTIAL and _PARTIAL_WRITE in text.lower():
        return WriteVerdict.PARTIAL
    if 400 <= status < 500 and status not in _MISPLACED | _LATER:
        return WriteVerdict.REFUSE
    return WriteVerdict.KEEP


def is_html_page(text: str) -> bool:
    """Return whether *text* is HTML: a login, a default site or a captive portal, not a store."""
    return text.lstrip("\ufeff \r\n\t")[:1] == "<"


def type_conflict(text: str) -> str | None:
    """Return the reason and the remedy where *text* says that a field has another type; else None."""
    if not any(words in text.lower() for words in _TYPE_CONFLICTS):
        return None
    return (
        "field_type_conflict: another program wrote a field of the same name with another type, so the "
        "store takes no reading; name a database of Tocsin's own in the settings, or delete that "
        f"measurement ({text})"
    )


def kept_reason(status: int, text: str, location: str | None) -> str:
    """Return the reason and the remedy for the operator, where the reply kept the lines."""
    if 300 <= status < 400:
        where = f" to {location}" if location else ""
        return f"{status}: redirected{where}; write the final address of the store into store.url"
    if 200 <= status < 300 or is_html_page(text):
        page = "a page" if is_html_page(text) else "an answer"
        return f"{status} with {page} that no store gives to a write (204); correct store.url"
    return f"{status} {text}"


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Return the seconds that *header* Retry-After asks for, as a number or a date; None for neither."""
    if header is None:
        return None
    try:
        seconds = float(header) if header.strip().isdigit() else _until(header, now)
    except ValueError:
        return None
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER_S)


def _until(header: str, now: datetime) -> float:
    moment = parsedate_to_datetime(header)
    return (moment - now).total_seconds() if moment.tzinfo else 0.0
