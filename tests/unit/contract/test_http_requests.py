"""A request that cannot be understood is answered with every fault and its remedy."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict

from contract.http.checking import BadRequest, read_body, read_query
from contract.http.feed import FeedQuery
from contract.http.health import NoQuery
from contract.http.incidents import CloseRequest, IncidentsQuery, WhichKind
from contract.http.overrides import OverrideRequest
from contract.http.readings import ReadingsQuery
from contract.http.reports import DailyFiguresRequest, ReportQuery

GOOD_ORDER = (
    b'{"kind": "test", "premises": "cho", "by": "An", "minutes": 30, "zones": ["stalls-a"],'
    b' "tester": "an", "begins_at": "2026-11-28T08:00:00+07:00"}'
)
QUERIES = (IncidentsQuery, FeedQuery, ReadingsQuery, NoQuery)


def fault_of_body(text: str, kind: type = CloseRequest) -> str:
    with pytest.raises(BadRequest) as caught:
        read_body(text.encode(), kind)
    return str(caught.value)


def fault_of_query(kind: type = IncidentsQuery, **given: str) -> str:
    with pytest.raises(BadRequest) as caught:
        read_query(given, kind)
    return str(caught.value)


def test_a_query_is_read_with_its_defaults() -> None:
    assert read_query({}, IncidentsQuery) == IncidentsQuery()
    assert read_query({"kind": "all", "limit": "7"}, IncidentsQuery) == IncidentsQuery(
        kind=WhichKind.ALL, limit=7
    )


def test_an_empty_filter_is_refused_as_it_would_leave_out_nothing() -> None:
    assert "query 'premises' '' cannot be used" in fault_of_query(FeedQuery, premises="")


def test_a_parameter_that_is_given_twice_is_refused() -> None:
    twice: Any = MultiDict([("limit", "1"), ("limit", "2")])
    with pytest.raises(BadRequest, match="'limit' is given 2 times; give it once"):
        read_query(twice, IncidentsQuery)


def test_a_premises_called_null_is_a_premises() -> None:
    assert read_query({"premises": "null"}, FeedQuery).premises == "null"
    assert "'after' 'null' cannot be used" in fault_of_query(FeedQuery, after="null")


@pytest.mark.parametrize("blank", ["\\u0085", "\\ufeff", "\\u001f", " \\u2003", "\\u00a0"])
def test_a_name_that_nobody_sees_is_refused(blank: str) -> None:
    assert "body 'by'" in fault_of_body(f'{{"by": "{blank}", "outcome": "hoax"}}')


def test_the_name_of_who_acts_loses_the_blanks_around_it() -> None:
    assert read_body(b'{"by": " An ", "outcome": "hoax"}', CloseRequest).by == "An"


def test_an_order_is_read() -> None:
    order = read_body(GOOD_ORDER, OverrideRequest)
    assert (order.premises, order.minutes, order.zones) == ("cho", 30, ["stalls-a"])
    assert order.begins_at is not None
    assert order.begins_at.tzinfo is not None


def test_every_fault_of_a_query_is_named_with_its_remedy() -> None:
    fault = fault_of_query(state="shut", limit="0", page="2")
    assert "query 'state' 'shut' cannot be used; give one of open, closed, all" in fault
    assert "query 'limit' '0' cannot be used; expected `int` >= 1" in fault
    assert (
        "query 'page' is unknown; leave it out (the names are state, kind, limit, ids, after)" in fault
    )


def test_every_fault_of_a_body_is_named_with_its_remedy() -> None:
    fault = fault_of_body('{"by": " ", "reason": "x"}')
    assert "body 'by' ' ' cannot be used; give the name of who acts" in fault
    assert "body 'outcome' is missing; give one of genuine, false_alarm" in fault
    assert "body 'reason' is unknown; leave it out" in fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "body: not JSON"),
        ("{", "body: not JSON"),
        ("[]", "not a JSON object; send one with: by, outcome"),
        ("null", "not a JSON object"),
        ('{"by": 3, "outcome": "hoax"}', "body 'by' 3 cannot be used"),
        ('{"by": "a\\u0000b", "outcome": "hoax"}', "body 'by'"),
        ('{"by": "\\ud800", "outcome": "hoax"}', "body: not JSON"),
        ('{"by": "An", "outcome": "cleared"}', "give one of genuine"),
        (f'{{"by": "{"x" * 101}", "outcome": "hoax"}}', "of 1 to 100 characters"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused(text: str, said: str) -> None:
    assert said in fault_of_body(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"premises": "Chợ 1"', "body 'premises' 'Chợ 1' cannot be used; give 1 to 63 of a-z"),
        ('"minutes": 0', "body 'minutes' 0 cannot be used; expected `float` > 0"),
        ('"begins_at": "2026-11-28T08:00:00"', "expected `datetime` with a timezone"),
        ('"zones": ["a b"]', "body 'zones' ['a b'] cannot be used; give 1 to 63"),
        ('"tester": 5', "body 'tester' 5 cannot be used"),
    ],
)
def test_an_order_that_cannot_be_used_is_refused(text: str, said: str) -> None:
    assert said in fault_of_body(f"{GOOD_ORDER.decode()[:-1]}, {text}}}", OverrideRequest)


def test_a_whole_number_may_be_written_with_a_point_as_json_allows() -> None:
    said = b'{"day": "2026-11-29", "figures": [{"line": 1.0, "value": 4.0}]}'
    (figure,) = read_body(said, DailyFiguresRequest).figures
    assert (figure.line, figure.value, type(figure.line)) == (1, 4, int)
    broken = '{"day": "2026-11-29", "figures": [{"line": 1.5, "value": 4}]}'
    assert "body 'figures'" in fault_of_body(broken, DailyFiguresRequest)


@pytest.mark.parametrize("lang", ["vrh", "", "VI", "vi\n"])
def test_a_language_without_texts_is_refused_with_those_that_there_are(lang: str) -> None:
    assert "query 'lang'" in fault_of_query(
        ReportQuery, **{"from": "2026-11-01", "to": "2026-11-02", "lang": lang}
    )


@pytest.mark.parametrize("day", ["0000-01-01", "2026-02-30", "2026-13-01", "26-1-1", "2026-11-29T00:00"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    assert f"query 'from' '{day}' cannot be used" in fault_of_query(
        ReportQuery, **{"from": day, "to": "2026-11-02"}
    )


def test_a_name_that_is_missing_is_asked_for_as_the_caller_writes_it() -> None:
    fault = fault_of_query(ReadingsQuery, premises="cho", point="smoke-01", start="1")
    assert "query 'quantity' is missing; give 1 to 63 of a-z, 0-9 and '-'" in fault
    assert "'start' is unknown" in fault
    assert "from, to" in fault


def test_where_nothing_can_be_asked_any_parameter_is_refused() -> None:
    assert "there are none here" in fault_of_query(NoQuery, verbose="1")


def test_a_long_value_is_not_repeated_whole() -> None:
    assert len(fault_of_query(state="x" * 10_000)) < 200


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=20), max_size=4), st.sampled_from(QUERIES))
def test_any_query_is_understood_or_refused(given: dict[str, str], kind: type) -> None:
    with suppress(BadRequest):
        assert isinstance(read_query(given, kind), kind)


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_body_is_understood_or_refused(payload: bytes) -> None:
    with pytest.raises(BadRequest):
        read_body(payload, OverrideRequest)
