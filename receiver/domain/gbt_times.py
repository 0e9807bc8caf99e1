"""Times of GB/T 26875.3: second, minute, hour, day, month, year of the century, a byte each.

They are of the clock on the wall where the transmitter hangs; nothing in a frame says of which zone.
"""

from datetime import UTC, datetime

TAG_BYTES = 6

_CENTURY = 2_000


def read_tag(tag: bytes, utc_offset_s: float) -> float | None:
    """Return the time of *tag* in seconds since 1970; None for one that is none, such as zeros."""
    second, minute, hour, day, month, year = tag
    try:
        local = datetime(_CENTURY + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return local.timestamp() - utc_offset_s


def write_tag(at: float, utc_offset_s: float) -> bytes:
    """Return *at*, in seconds since 1970, as a tag."""
    local = datetime.fromtimestamp(at + utc_offset_s, UTC)
    date = local.day, local.month, local.year - _CENTURY
    return bytes([local.second, local.minute, local.hour, *date])
