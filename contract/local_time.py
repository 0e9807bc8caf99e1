"""Times as people read them: this machine's zone, with its offset. Programs get UTC instead."""

from datetime import UTC, datetime

from contract.times import Micros, from_micros


def local(at: Micros, *, timespec: str = "seconds") -> str:
    """Return *at* as ``2026-11-28 21:26:03+07``, in this machine's zone."""
    return local_datetime(from_micros(at), timespec=timespec)


def local_datetime(at: datetime, *, timespec: str = "seconds") -> str:
    """Return the aware *at* as ``2026-11-28 21:26:03+07``, in this machine's zone."""
    return _short(at.astimezone().isoformat(sep=" ", timespec=timespec))


def local_time_of_day(at: datetime) -> str:
    """Return the aware *at* as ``21:26:03+07``: for lines that scroll by, whose day is today."""
    return _short(at.astimezone().timetz().isoformat(timespec="seconds"))


def utc(at: datetime) -> str:
    """Return the aware *at* as ``2026-11-28T14:26:03.123Z``, for programs."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _short(text: str) -> str:
    """Return *text* without the minutes of its offset where they are 0, as ISO 8601 allows."""
    return text.removesuffix(":00") if text[-6] in "+-" else text
