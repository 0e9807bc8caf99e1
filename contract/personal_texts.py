"""Masks numbers of phones and addresses of mail in texts, for whoever may not read them."""

import re
from typing import Any

import msgspec

MASK = "•"
"""Stands for a character that is not shown."""

SHOWN_DIGITS = 3
"""Digits that are shown at the end of a number: enough to tell two people of a list apart."""

NAMES = frozenset(
    {"id", "incident", "premises", "gateway", "epoch", "name", "zone", "point", "delivery"}
)
"""Fields with names of things, which are never masked: they are asked for and compared."""

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# Nine digits or more after "+" or "0", with the marks that people put between. A date is none.
_PHONE = re.compile(r"[+0](?<![\w.][+0])(?<!\d-[+0])(?:[ .()/-]{0,2}\d){8,14}(?!\w)")


def is_personal(text: str) -> bool:
    """Return whether *text* has a number or an address of a person in it."""
    return _PHONE.search(text) is not None or ("@" in text and _MAIL.search(text) is not None)


def masked(text: str) -> str:
    """Return *text* with each number masked but for its end, and each address of mail."""
    without_numbers = _PHONE.sub(_last_digits, text)
    return _MAIL.sub(f"{MASK * 3}@{MASK * 3}", without_numbers) if "@" in text else without_numbers


def masked_json(encoded: bytes) -> bytes:
    """Return the JSON *encoded* with its texts masked; the very same where there is nothing to mask."""
    if not is_personal(encoded.decode()):
        return encoded
    return msgspec.json.encode(masked_values(msgspec.json.decode(encoded)))


def masked_values(value: Any) -> Any:
    """Return *value* with its texts masked, but for names of things."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [masked_values(each) for each in value]
    if isinstance(value, dict):
        return {
            key: each if key in NAMES and isinstance(each, str) else masked_values(each)
            for key, each in value.items()
        }
    return value


def _last_digits(found: re.Match[str]) -> str:
    return MASK * 4 + "".join(each for each in found.group() if each.isdigit())[-SHOWN_DIGITS:]
