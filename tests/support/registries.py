"""Random registries: every table, every column, whatever texts people may write."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from registry.model.registry import TABLES, Registry
from registry.model.rows import LocalRow, Row
from registry.sheets.columns import Column, ColumnKind, columns_of
from words.people_text import UnseenCharacter, people_text

NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True).filter(lambda each: each != "vi-du")
FIXED: dict[str, st.SearchStrategy[Any]] = {
    "webhook": st.sampled_from(["http://127.0.0.1:8001/fire", "https://example.vn/=x;y"]),
    "phone": st.sampled_from(["+84912345678", "114", "901234567", "0901234567", "+4915112345678"]),
    "topic": st.sampled_from(["desks/east", "=desk", "@desk"]),
    "email": st.sampled_from(["an@example.vn", "=1@example.vn"]),
    "apprise": st.just("tgram://token/chat"),
    "language": st.sampled_from(["vi", "en"]),
    "timezone": st.sampled_from(["Asia/Ho_Chi_Minh", "UTC"]),
    "code": st.sampled_from(["01", "96.1", "32244"]),
    "share": st.sampled_from([0.125, 0.5, 1.0]),
    "remind_before_days": st.lists(st.integers(0, 366), max_size=3),
    "plan": st.just("0" * 64),
    "file": st.just("a" * 64),
    "unattended_after_s": st.just(0.0) | st.floats(30.0, 86_400.0),
    "quiet.begin": st.times(),
    "quiet.end": st.times(),
    "outline": st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=4).map(tuple),
    "shifts": st.just(
        [
            {"begin": "07:00", "end": "19:00", "who": ["an"]},
            {"begin": "19:00", "end": "07:00", "who": []},
        ]
    ),
    "exceptions": st.sampled_from(
        [[], [{"begin": "2026-02-17T00:00", "end": "2026-02-18T00:00", "who": ["an"]}]]
    ),
    "stages": st.just([{"after_s": 0, "notify": ["premises"]}, {"after_s": 30.5, "notify": ["area"]}]),
}
"""Values of fields that have a form of their own."""

LINES = st.sampled_from(["{text}", "=1+1 {premises}", "Cháy\n{premises}\n\n {text} "])
"""Texts of several lines."""


def _is_fit(text: str) -> bool:
    try:
        return people_text(text) == text
    except UnseenCharacter:
        return False


TEXTS = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=18)
    | st.text("=+-@';\",\t 0.5Đếxvi-du", max_size=8)
    | st.sampled_from(
        ["=1+1", "'=x", "+84912345678", "1.200", "12,5", "-", " Chợ  Cũ ", "Tổng cộng", "có"]
    )
).filter(_is_fit)


def _between(column: Column) -> tuple[float, float]:
    return column.low or 0.0, 1e6 if column.high is None else column.high


BY_KIND: dict[ColumnKind, Callable[[Column], st.SearchStrategy[Any]]] = {
    ColumnKind.NAME: lambda _: NAMES,
    ColumnKind.WHOLE: lambda column: st.integers(*map(int, _between(column))),
    ColumnKind.NUMBER: lambda column: st.floats(*_between(column)),
    ColumnKind.YES_NO: lambda _: st.booleans(),
    ColumnKind.DAY: lambda _: st.dates(),
    ColumnKind.CHOICE: lambda column: st.sampled_from(list(column.choices or ())),
    ColumnKind.CHOICES: lambda column: st.lists(st.sampled_from(list(column.choices or ()))).map(tuple),
    ColumnKind.PHONE: lambda _: st.sampled_from(
        ["", "0901234567", "+84 90 1234567", "gọi 114", "901234567"]
    ),
    ColumnKind.TEXTS: lambda _: st.lists(TEXTS.filter(bool), max_size=3).map(tuple),
}


def _values(column: Column) -> st.SearchStrategy[Any]:
    if column.path in FIXED:
        return FIXED[column.path]
    if column.has_lines:
        return LINES
    drawn = BY_KIND.get(column.kind)
    return TEXTS if drawn is None else drawn(column)


def _set(data: dict[str, Any], parts: tuple[str, ...], value: object) -> None:
    for part in parts[:-1]:
        data = data.setdefault(part, {})
    data[parts[-1]] = value


Ids = dict[str, list[tuple[str | None, str]]]
"""By table: the premises, where it is of them, and the id of each row."""

NESTED = ("facility", "facility.insurance", "quiet")
"""Values within rows, each there or not."""


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    """Draw a registry whose rows name only rows that are there."""
    ids: Ids = {}
    premises = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    for table, model in TABLES.items():
        if table == "premises":
            ids[table] = [(None, each) for each in premises]
        elif issubclass(model, LocalRow):
            pairs = st.tuples(st.sampled_from(premises), NAMES)
            ids[table] = list(draw(st.lists(pairs, max_size=3, unique=True)))
        else:
            ids[table] = [(None, each) for each in draw(st.lists(NAMES, max_size=3, unique=True))]
    rows = {table: tuple(_rows(draw, table, ids)) for table in TABLES}
    return Registry(**rows)


def _rows(draw: st.DrawFn, table: str, ids: Ids) -> list[Row]:
    rows = (_row(draw, table, ids, (premises, own)) for premises, own in ids[table])
    return [each for each in rows if each is not None]


def _row(draw: st.DrawFn, table: str, ids: Ids, key: tuple[str | None, str]) -> Row | None:
    """Draw the row of *key*; None where it must name a row, and there is none."""
    data: dict[str, Any] = {"id": key[1]}
    if table == "premises" and draw(st.booleans()):
        data["facility"] = {}
    left_out = {each for each in NESTED if draw(st.booleans())}
    for column in columns_of(table):
        is_out = any(column.path.startswith(f"{each}.") for each in left_out)
        if column.path == "id" or (is_out and column.is_nested):
            continue
        value = _value(draw, column, ids, key[0])
        if value is not None:
            _set(data, column.parts, value)
        elif column.is_required:
            return None
    return TABLES[table].model_validate(data)


def _value(draw: st.DrawFn, column: Column, ids: Ids, premises: str | None) -> Any:
    """Draw a value of *column*, None for none; a text that must be there has a letter."""
    if column.target == "premises" and premises is not None:
        return premises
    if not column.is_required and draw(st.booleans()):
        return None
    if column.target is not None:
        return _named(draw, column, ids, premises)
    value = draw(_values(column))
    return "x" if value == "" and (column.is_required or column.path == "room") else value


def _named(draw: st.DrawFn, column: Column, ids: Ids, premises: str | None) -> Any:
    is_local = issubclass(TABLES[column.target or ""], LocalRow)
    known = [own for at, own in ids.get(column.target or "", []) if not is_local or at == premises]
    if column.kind is ColumnKind.NAMES:
        return tuple(draw(st.lists(st.sampled_from(known), max_size=3))) if known else ()
    return draw(st.sampled_from(known)) if known else None
