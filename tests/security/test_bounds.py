"""Every field of every request is bounded, and what is beyond its bounds is refused with the remedy."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from msgspec import inspect

from contract.http.routes import ROUTES
from tests.support.communes import LOCAL_TOKEN, RED, province

LONGEST = 8_192
"""Characters that the pattern of a field may match at most."""


def requests() -> Iterator[Any]:
    for route in ROUTES:
        yield route.query
        if route.body is not None:
            yield route.body


REQUESTS = list(dict.fromkeys(requests()))

OF_OTHERS = frozenset({"OpenIdCallback"})
"""Requests that a program of somebody else makes, which may send more than is asked of it."""


def parts(kind: inspect.Type) -> Iterator[inspect.Type]:
    """Yield the plain types that *kind* is made of."""
    match kind:
        case inspect.UnionType():
            for each in kind.types:
                yield from parts(each)
        case inspect.ListType():
            yield kind
            yield from parts(kind.item_type)
        case inspect.DictType():
            yield kind
            yield from parts(kind.key_type)
            yield from parts(kind.value_type)
        case inspect.StructType():
            for field in kind.fields:
                yield from parts(field.type)
        case _:
            yield kind


CLOSED = (
    inspect.EnumType,
    inspect.LiteralType,
    inspect.NoneType,
    inspect.BoolType,
    inspect.DateTimeType,
    inspect.DateType,
)
"""Types with few values, or with a form of their own."""

OF_TABLES = inspect.AnyType
"""Values of rows, each of which the model of its table bounds."""


def is_bounded(kind: inspect.Type) -> bool:
    match kind:
        case inspect.StrType():
            return kind.max_length is not None or _width(kind.pattern) <= LONGEST
        case inspect.IntType() | inspect.FloatType():
            least = kind.gt if kind.ge is None else kind.ge
            return least is not None and kind.le is not None
        case inspect.ListType() | inspect.DictType():
            return kind.max_length is not None
    return isinstance(kind, (*CLOSED, OF_TABLES))


def _width(pattern: str | None) -> int:
    """Return how many characters *pattern* matches at most."""
    parser: Any = re._parser
    return LONGEST + 1 if pattern is None else int(parser.parse(pattern).getwidth()[1])


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
def test_every_field_has_a_bound(kind: Any) -> None:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    for field in described.fields:
        for each in parts(field.type):
            assert is_bounded(each), f"{kind.__name__}.{field.encode_name} has no bound: {each}"


@pytest.mark.parametrize(
    "kind", [each for each in REQUESTS if each.__name__ not in OF_OTHERS], ids=lambda kind: kind.__name__
)
def test_unknown_fields_are_refused(kind: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"stray": 1}, kind)


IDS = ["\x00", "a\x00b", "\x1b[31m", "a\nb", "\u202e", "é", "a" * 65, "a" * 5_000, "a'b", "%", "..%2f"]


@pytest.mark.parametrize("name", IDS)
async def test_an_id_that_is_none_is_answered_as_one_that_is_not_there(
    name: str, tmp_path: Path
) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED,)) as one:
        for path in ("incidents/{}", "incidents/{}/explanation"):
            found = await one.ask(LOCAL_TOKEN, "/api/v1/" + path.format(quote(name, safe="")))
            assert (found.status, "there is no incident" in found.text) == (404, True)
            assert len(found.text) < 300
            assert not set("\x00\x1b\u202e\n") & set(found.said["error"])
        ended = f"/api/v1/overrides/{quote(name, safe='')}/end"
        found = await one.ask(LOCAL_TOKEN, ended, method="POST", body={"by": "An"})
        assert (found.status, "there is no override" in found.text) == (404, True)


BODIES = {
    "nested lists": "[" * 16_000,
    "nested objects": '{"by":' * 2_000,
    "nested in a field": '{"by": ' + "[" * 8_000,
    "a number without end": '{"by": ' + "9" * 9_000 + "}",
    "a number out of range": '{"by": 1e999}',
    "half of a character": '{"by": "\\ud800"}',
    "no text": "\udcff",
    "a long note": '{"by": "An", "note": "' + "x" * 501 + '"}',
    "a stray field": '{"by": "An", "role": "commander"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_beyond_its_bounds_is_refused_and_is_no_fault_of_the_server(
    body: str, tmp_path: Path
) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED,)) as one:
        url = f"{one.url}/api/v1/incidents/{one.ids[RED]}/seen"
        sent = {"Authorization": f"Bearer {LOCAL_TOKEN}", "Content-Type": "application/json"}
        data = body.encode("utf-8", "surrogateescape")
        async with one.http.post(url, data=data, headers=sent) as answer:
            assert answer.status == 400
            assert (await answer.json())["error"].startswith("body")


@pytest.mark.parametrize("minutes", [5e-324, 0.001, 1e308, 100_001])
async def test_an_order_without_length_or_without_end_is_refused(minutes: float, tmp_path: Path) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED,)) as one:
        order = {"kind": "maintenance", "premises": f"cho-{RED}", "by": "An", "minutes": minutes}
        found = await one.ask(LOCAL_TOKEN, "/api/v1/overrides", method="POST", body=order)
        assert (found.status, "minutes" in found.text) == (400, True)
