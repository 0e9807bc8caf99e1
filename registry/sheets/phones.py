"""Phone numbers as people of Viet Nam write them, in the form that contacts have (E.164)."""

import re
from dataclasses import dataclass

COUNTRY = "+84"

_BETWEEN = re.compile(r"[\s.\-()/]+")
_NATIONAL = re.compile(r"[35789]\d{8}|2\d{8,9}")
"""A number within Viet Nam without its 0: mobile, or fixed with its area code."""

_SHORT = re.compile(r"1\d{2,4}|1[89]00\d{4,6}")
"""A short number of the network, such as 114, or a service number."""

_FOREIGN = re.compile(r"\+[1-9]\d{5,14}")


@dataclass(frozen=True, slots=True)
class ReadPhone:
    """A number; *lost_zero* where a spreadsheet took its leading 0 away."""

    number: str
    lost_zero: bool = False


def read_phone(text: str) -> ReadPhone | None:
    """Return the number in *text*; None where it is none."""
    if text.count("+") > 1 or "/" in text.strip("/"):
        return None
    digits = _BETWEEN.sub("", text)
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if not re.fullmatch(r"\+?\d+", digits):
        return None
    national = _national(digits)
    if _NATIONAL.fullmatch(national):
        return ReadPhone(COUNTRY + national, lost_zero=national == digits)
    is_known = _SHORT.fullmatch(digits) or (
        _FOREIGN.fullmatch(digits) and not digits.startswith(COUNTRY)
    )
    return ReadPhone(digits) if is_known else None


def _national(digits: str) -> str:
    """Return *digits* without the prefix of the country and the leading 0."""
    if digits.startswith(COUNTRY):
        return digits.removeprefix(COUNTRY).removeprefix("0")
    if digits.startswith("84") and len(digits) in {11, 12}:
        return digits.removeprefix("84")
    return digits.removeprefix("0")
