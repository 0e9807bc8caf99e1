"""Reads the value of a cell as its column needs it, however people write it; or names the fault."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from rapidfuzz import fuzz, process

from contract.names import is_name
from registry.sheets.cells import CellValue, cell_text
from registry.sheets.columns import Column, ColumnKind
from registry.sheets.escaping import unescaped
from registry.sheets.findings import Reason, Severity
from registry.sheets.labels import Labels
from registry.sheets.phones import read_phone
from registry.sheets.spelling import plain, slug
from words.people_text import LINE_FEED, UnseenCharacter, people_text


@dataclass(frozen=True, slots=True)
class CellRead:
    """The value of a cell, None for an empty one; *reason* is a fault or what was done, if anything."""

    value: Any = None
    reason: Reason | None = None
    severity: Severity = Severity.ERROR
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_fault(self) -> bool:
        """Whether the cell cannot be used."""
        return self.reason is not None and self.severity is Severity.ERROR


EMPTY = CellRead()


def _fault(reason: Reason, **values: object) -> CellRead:
    return CellRead(None, reason, Severity.ERROR, values)


def _noted(value: object, reason: Reason, **values: object) -> CellRead:
    shown = cell_text(value) if isinstance(value, str | int | float) else str(value)
    return CellRead(value, reason, Severity.NOTE, {"value": shown, **values})


class CellReader:
    """Reads cells; the fixed values are known by their *labels* in every language."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._choices: dict[Column, dict[str, str]] = {}
        self._readers: dict[ColumnKind, Callable[[CellValue, Column], CellRead]] = {
            ColumnKind.TEXT: _text,
            ColumnKind.NAME: _text,
            ColumnKind.NAMES: _names,
            ColumnKind.TEXTS: _texts,
            ColumnKind.ID: _id,
            ColumnKind.PHONE: _phone,
            ColumnKind.WHOLE: _whole,
            ColumnKind.NUMBER: _number,
            ColumnKind.YES_NO: _yes_no,
            ColumnKind.DAY: _day,
            ColumnKind.HOUR: _hour,
            ColumnKind.MOMENT: _text,
            ColumnKind.CHOICE: self._choice,
            ColumnKind.CHOICES: self._several_choices,
            ColumnKind.STRUCTURE: _structure,
        }

    def read(self, value: CellValue, column: Column) -> CellRead:
        """Return *value* as *column* needs it."""
        text = cell_text(value)
        if not text or (text in _NOTHING and column.kind not in _TEXTS):
            return EMPTY
        return self._readers[column.kind](value, column)

    def _choice(self, value: CellValue, column: Column) -> CellRead:
        known, text = self._known(column), plain(cell_text(value))
        if (found := known.get(text)) is not None:
            return CellRead(found)
        nearest = process.extractOne(text, known.keys(), scorer=fuzz.ratio, score_cutoff=60)
        near = self._own_label(column, known[nearest[0]]) if nearest else ""
        return _fault(Reason.NOT_A_CHOICE, known=self._all_labels(column), near=near)

    def _several_choices(self, value: CellValue, column: Column) -> CellRead:
        read = [self._choice(each, column) for each in _split(cell_text(value))]
        return next(
            (each for each in read if each.is_fault), CellRead(tuple(each.value for each in read))
        )

    def _known(self, column: Column) -> dict[str, str]:
        if column not in self._choices and column.choices is not None:
            labels = self._labels.choices(column.choices)
            short = [(value, text.split()[-1]) for value, text in labels if _is_class(text)]
            self._choices[column] = {plain(text): value for value, text in [*short, *labels]}
        return self._choices[column]

    def _own_label(self, column: Column, value: str) -> str:
        labels = self._labels.choices(column.choices) if column.choices else []
        return [text for each, text in labels if each == value][-1]

    def _all_labels(self, column: Column) -> str:
        values = list(column.choices or ())
        return ", ".join(self._own_label(column, str(each.value)) for each in values)


_TEXTS = frozenset({ColumnKind.TEXT, ColumnKind.NAME, ColumnKind.NAMES, ColumnKind.TEXTS, ColumnKind.ID})

_NOTHING = frozenset({"-", "–", "—", "/", "...", "…"})
"""Marks by which people say that there is nothing."""


def _is_class(text: str) -> bool:
    """Whether *text* is a word and a letter, such as "hạng A": people write the letter alone."""
    words = text.split()
    return len(words) == 2 and len(words[1]) == 1


def _text(value: CellValue, column: Column) -> CellRead:
    text = unescaped(cell_text(value))
    try:
        people_text(text, allowed=LINE_FEED)
    except UnseenCharacter as error:
        return _fault(Reason.UNFIT, fault=str(error))
    return CellRead(text if column.has_lines else _in_one_line(text))


def _in_one_line(text: str) -> str:
    lines = text.split("\n")
    return "".join(
        each
        if number == len(lines)
        else f"{each} "
        if each.endswith((",", ";", ".", ":"))
        else f"{each}, "
        for number, each in enumerate(lines, start=1)
    )


_ORDINAL = re.compile(r"^\d{1,2}[.)]\s*(?=\D)")


def _split(text: str) -> list[str]:
    parts = (_ORDINAL.sub("", each.strip()) for each in re.split(r"[;,\n]", text))
    return [each for each in parts if each]


def _names(value: CellValue, _: Column) -> CellRead:
    return CellRead(tuple(_split(cell_text(value))))


def _texts(value: CellValue, _: Column) -> CellRead:
    parts = (each.strip() for each in re.split(r"[;\n]", unescaped(cell_text(value))))
    return CellRead(tuple(each for each in parts if each))


def _id(value: CellValue, _: Column) -> CellRead:
    text = unescaped(cell_text(value))
    if is_name(text):
        return CellRead(text)
    made = slug(text)
    if not made:
        return _fault(Reason.NOT_AN_ID)
    return _noted(made, Reason.ID_MADE, id=made)


def _phone(value: CellValue, column: Column) -> CellRead:
    text = unescaped(cell_text(value))
    found = read_phone(text)
    if found is None:
        is_free = not column.has_form
        return (
            CellRead(text, Reason.NOT_A_PHONE, Severity.WARNING)
            if is_free
            else _fault(Reason.NOT_A_PHONE)
        )
    return _noted(found.number, Reason.PHONE_ZERO) if found.lost_zero else CellRead(found.number)


_UNIT = re.compile(
    r"\s*(m2|m²|m3|m³|m|kva|l/s|giờ|h|s|giây|người|tầng|xe|km|ha|tháng|năm|lối|°|độ)\.?$", re.IGNORECASE
)
_NUMBER = re.compile(r"[+-]?\d[\d.,]*")


def _number(value: CellValue, column: Column) -> CellRead:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return _fault(Reason.NOT_A_NUMBER)
    if not isinstance(value, str):
        return CellRead(float(value)) if math.isfinite(value) else _fault(Reason.NOT_A_NUMBER)
    text, is_percent = _bare_number(value)
    if not _NUMBER.fullmatch(text):
        return _fault(Reason.NOT_A_NUMBER)
    found = [each / 100 if is_percent else each for each in _readings(text)]
    fitting = [each for each in found if _fits(each, column)] or found
    if not fitting:
        return _fault(Reason.NOT_A_NUMBER)
    if len(fitting) > 1 and "," in text and column.kind is not ColumnKind.WHOLE:
        return _fault(Reason.UNCLEAR_NUMBER, one=f"{fitting[0]:g}", other=f"{fitting[1]:g}")
    is_plain = text.lstrip("+-").isdigit() or (len(found) == 1 and "." in text and not is_percent)
    return CellRead(fitting[0]) if is_plain else _noted(fitting[0], Reason.NUMBER_AS_TEXT)


def _bare_number(text: str) -> tuple[str, bool]:
    """Return *text* without blanks and its unit, and whether that is percent."""
    bare = unescaped(cell_text(text)).replace(" ", "")
    if bare.endswith("%"):
        return bare[:-1], True
    return _UNIT.sub("", bare), False


def _readings(text: str) -> list[float]:
    """Return each number that *text* may mean, the likeliest in Viet Nam first: there 1.200 is 1200."""
    marks = {each for each in text if each in ".,"}
    if len(marks) == 2:
        decimal = max(marks, key=text.rindex)
        grouping = (marks - {decimal}).pop()
        return _decimal(text.replace(grouping, ""), decimal) if _groups(text, grouping, decimal) else []
    if not marks:
        return [float(text)]
    mark = marks.pop()
    grouped = [float(text.replace(mark, ""))] if _groups(text, mark, "") else []
    return grouped + (_decimal(text, mark) if text.count(mark) == 1 else [])


def _decimal(text: str, mark: str) -> list[float]:
    return [float(text.replace(mark, "."))] if text.count(mark) == 1 else []


def _groups(text: str, mark: str, decimal: str) -> bool:
    """Whether *mark* stands between groups of three digits in *text*."""
    whole = text.partition(decimal)[0] if decimal else text
    first, *others = whole.lstrip("+-").split(mark)
    return 1 <= len(first) <= 3 and first != "0" and all(len(each) == 3 for each in others)


def _fits(number: float, column: Column) -> bool:
    return (column.low is None or number >= column.low) and (
        column.high is None or number <= column.high
    )


def _whole(value: CellValue, column: Column) -> CellRead:
    found = _number(value, column)
    if found.is_fault:
        return found
    number = float(found.value)
    if not number.is_integer():
        return _fault(Reason.NOT_A_WHOLE)
    return CellRead(int(number), found.reason, found.severity, found.values)


_YES = frozenset(["co", "x", "yes", "y", "true", "dung", "roi", "da", "v", "1", "✓", "✔", "☑", "c"])
_NO = frozenset(["khong", "ko", "k", "no", "n", "false", "sai", "chua", "0", "☐", "✗", "✘"])


def _yes_no(value: CellValue, _: Column) -> CellRead:
    text = plain(cell_text(value)) or cell_text(value)
    if text in _YES or text in _NO:
        return CellRead(text in _YES)
    return _fault(Reason.NOT_YES_NO)


_DAY = re.compile(r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})(?: 0?0:00(?::00)?)?")
_ISO_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]00:00(?::00)?)?")
_DAY_IN_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})")

_FIRST_SERIAL = date(1899, 12, 30)
"""The day 0 of spreadsheets whose day 60 is no 29 February 1900."""


def _day(value: CellValue, _: Column) -> CellRead:
    if isinstance(value, datetime):
        return CellRead(value.date())
    if isinstance(value, date):
        return CellRead(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 10_000 <= value < 100_000:
        day = _FIRST_SERIAL + timedelta(days=int(value))
        return CellRead(day, Reason.DAY_AS_NUMBER, Severity.NOTE, {"value": day.strftime("%d/%m/%Y")})
    text = cell_text(value)
    found = _DAY.fullmatch(text) or _DAY_IN_WORDS.fullmatch(plain(text))
    numbers = [int(each) for each in found.groups()][::-1] if found else []
    if not numbers and (found := _ISO_DAY.fullmatch(text)):
        numbers = [int(each) for each in found.groups()]
    try:
        return CellRead(date(*numbers)) if numbers else _fault(Reason.NOT_A_DAY)
    except ValueError:
        return _fault(Reason.NOT_A_DAY)


_HOUR = re.compile(r"(\d{1,2})(?:\s*[:hg]\s*(\d{2})?(?::(\d{2}))?)\s*(?:'|p)?")


def _hour(value: CellValue, _: Column) -> CellRead:
    match value:
        case datetime():
            return CellRead(value.time())
        case time():
            return CellRead(value)
        case timedelta() if timedelta() <= value < timedelta(days=1):
            return CellRead(_hour_of(round(value.total_seconds())))
        case float() if 0 <= value < 1:
            return CellRead(_hour_of(round(value * 86_400) % 86_400))
    found = _HOUR.fullmatch(cell_text(value).lower())
    hour, minute, second = (int(each or 0) for each in found.groups()) if found else (24, 0, 0)
    is_hour = hour < 24 and minute < 60 and second < 60
    return CellRead(time(hour, minute, second)) if is_hour else _fault(Reason.NOT_AN_HOUR)


def _hour_of(seconds: int) -> time:
    return time(seconds // 3_600, seconds // 60 % 60, seconds % 60)


def _structure(value: CellValue, _: Column) -> CellRead:
    try:
        found = json.loads(unescaped(cell_text(value)))
    except (ValueError, RecursionError):
        return _fault(Reason.NOT_JSON)
    return CellRead(found) if isinstance(found, list) else _fault(Reason.NOT_JSON)
