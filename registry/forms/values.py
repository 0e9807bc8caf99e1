"""Values as a person writes them into a form, and back."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from enum import Enum

from registry.forms.fields import VALUES, FieldKind, FormField
from words.catalogue import Words

_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})")
_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
_WHOLE = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?|[+-]?\d{1,3}(\.\d{3})+,\d+")


class BadValue(ValueError):
    """A text that is no value of its field; it says what is wrong, and what to write."""


def normal(text: str) -> str:
    """Return *text* as labels and values are compared: composed, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).rstrip(" :.;")


def text_of(value: object, field: FormField, words: Words) -> str:
    """Return *value* of *field* as it stands in the form; nothing for none."""
    if value is None:
        return ""
    match field.kind:
        case FieldKind.YES_NO:
            return words.name(VALUES, "yes" if value else "no")
        case FieldKind.DAY if isinstance(value, date):
            return f"{value.day:02}/{value.month:02}/{value.year:04}"
        case FieldKind.NUMBER if isinstance(value, float | int):
            return _decimal(float(value))
        case FieldKind.CHOICE if isinstance(value, Enum):
            return choice_text(value, words)
    return str(value)


def choice_text(value: Enum, words: Words) -> str:
    """Return the text of a fixed *value*."""
    member = f"{type(value).__name__}.{value.value}"
    return words.name(VALUES, member) if words.has(VALUES, member) else str(value.value)


def value_of(text: str, field: FormField, languages: list[Words]) -> object:
    """Return the value of *field* that *text* stands for; raises BadValue."""
    text = text.strip()
    if not text:
        return field.default
    if field.kind is FieldKind.YES_NO:
        return _chosen(text, dict(_yes_no(languages)))
    if field.kind is FieldKind.CHOICE:
        return _chosen(text, dict(_choices(field, languages)))
    read = _READ.get(field.kind)
    return text if read is None else read(text)


def _decimal(value: float) -> str:
    """Return *value* without an exponent, with a comma before its decimals."""
    text = format(Decimal(repr(value)), "f")
    whole, _, rest = text.partition(".")
    return f"{whole},{rest}" if rest.strip("0") else whole


def _whole(text: str) -> int:
    plain = text.replace(" ", "")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(".", "")
    if not _WHOLE.fullmatch(plain):
        raise BadValue(f"{text!r} is not a whole number; write digits alone, such as 120")
    return int(plain)


def _number(text: str) -> float:
    plain = text.replace(" ", "")
    if _GROUPED.fullmatch(plain):
        either = f"{plain.replace('.', '')} or {plain.replace('.', ',', 1)}"
        raise BadValue(f"{text!r} can be read in two ways; write {either}")
    if not _NUMBER.fullmatch(plain):
        raise BadValue(f"{text!r} is not a number; write digits, with a comma before decimals: 12,5")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    return float(plain)


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise BadValue(f"{text!r} is not a day; write day/month/year: 31/12/2026")
    day, month, year = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise BadValue(f"{text!r} is a day that no calendar has; correct it") from None


_READ: dict[FieldKind, Callable[[str], object]] = {
    FieldKind.WHOLE: _whole,
    FieldKind.NUMBER: _number,
    FieldKind.DAY: _day,
}


def _chosen(text: str, known: dict[str, object]) -> object:
    """Return the value that *text* names: whole, or by its first words where these begin only one."""
    begun = {known[each] for each in known if each.startswith(f"{normal(text)} ")}
    found = known.get(normal(text), begun.pop() if len(begun) == 1 else None)
    if found is None:
        raise BadValue(f"{text!r} is not among its values; write one of: {'; '.join(known)}")
    return found


def _yes_no(languages: list[Words]) -> Iterator[tuple[str, object]]:
    for words in languages:
        yield normal(words.name(VALUES, "yes")), True
        yield normal(words.name(VALUES, "no")), False


def _choices(field: FormField, languages: list[Words]) -> Iterator[tuple[str, object]]:
    for each in field.choices or ():
        for words in languages:
            yield normal(choice_text(each, words)), each
        yield normal(str(each.value)), each
