"""The short code of one person and one incident, which answers name where several are open.

It is derived and not stored: letter, digit, letter, of those that nobody confuses, read aloud or typed.
It is not a secret that protects anything: an answer counts from the number that was notified.
"""

import hmac
from hashlib import sha256

LETTERS = "BCDFGHKLMNPRTVX"
"""No vowel, so that no code is a word; no letter that looks like a digit."""

DIGITS = "2345678"

CODE_PATTERN = f"[{LETTERS.lower()}][{DIGITS}][{LETTERS.lower()}]"
"""A code in small letters."""

_PURPOSE = b"tocsin answer code v1"


def answer_code(secret: bytes, *, contact: str, incident: str) -> str:
    """Return the code of *contact* and *incident*, derived from the *secret* of the center."""
    about = b"\0".join((_PURPOSE, contact.encode(), incident.encode()))
    number = int.from_bytes(hmac.digest(secret, about, sha256)[:8], "big")
    number, first = divmod(number, len(LETTERS))
    number, digit = divmod(number, len(DIGITS))
    return LETTERS[first] + DIGITS[digit] + LETTERS[number % len(LETTERS)]
