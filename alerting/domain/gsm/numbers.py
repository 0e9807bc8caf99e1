"""Compares telephone numbers, which people, networks and cards write in different forms."""

import re

_BETWEEN_DIGITS = re.compile(r"[\s().-]+")
_LEAST_DIGITS = 8
"""Digits of a subscriber's number with its country; shorter ones are services of the network."""

VIET_NAM = "84"
"""The country in which numbers without one are dialled, unless the settings name another."""


def whole_number(text: str, country: str = VIET_NAM) -> str | None:
    """Return the digits of *text* with its country, such as ``84901234567``; None where it is no number.

    ``+84 90 ...``, ``0084 90 ...``, ``090 ...`` and ``84 90 ...`` are one. A short number of the network
    stays as it is.
    """
    number = _BETWEEN_DIGITS.sub("", text)
    digits = number.removeprefix("+")
    if not re.fullmatch(r"[0-9]{3,20}", digits):
        return None
    if number.startswith("+"):
        return digits
    if digits.startswith("00") and len(digits) > _LEAST_DIGITS:
        return digits[2:]
    if digits.startswith("0") and len(digits) > _LEAST_DIGITS:
        return country + digits[1:]
    return digits


def is_subscriber(number: str) -> bool:
    """Return whether *number*, with its country, is a person's and not a service of the network."""
    return len(number) > _LEAST_DIGITS and not number.startswith("0")
