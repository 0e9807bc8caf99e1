"""The form of an incident's id: its time to the millisecond, then 128 bits, in figures and letters."""

import hashlib

from contract.ids import IncidentId
from contract.times import Micros

TIME_DIGITS = 10
"""Digits of the time, 50 bits of milliseconds since 1970: ids sort by it."""

SECRET_DIGITS = 26
"""Digits of the 128 bits behind it."""

WHOLE = TIME_DIGITS + SECRET_DIGITS
"""Digits of an id."""

WHOLE_BEFORE = 16
"""Digits of the ids that centers gave before; they stay valid."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, in lower case


def incident_id(at: Micros, *cause: object) -> IncidentId:
    """Return an id that sorts by time and is always the same for the same *cause*."""
    digest = hashlib.sha256(repr(cause).encode()).digest()
    return IncidentId(_digits(at // 1000, TIME_DIGITS) + bits_in_digits(digest))


def bits_in_digits(digest: bytes) -> str:
    """Return the first 128 bits of *digest*."""
    return _digits(int.from_bytes(digest[:16], "big"), SECRET_DIGITS)


def _digits(number: int, width: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(width)))
