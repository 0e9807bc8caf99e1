"""Numbers of rows: those that were seen, and those that were deleted by the rule."""

import json

import pytest
from hypothesis import given
from hypothesis.strategies import integers, lists, sets, text, tuples

from audit.domain.numbers_seen import LARGEST, NumbersSeen, number_in
from audit.verify import Forgotten

ANY = integers(-LARGEST, LARGEST - 1)


@given(sets(ANY | integers(-70_000, 70_000)), ANY | integers(-70_000, 70_000))
def test_numbers_seen_are_those_that_were_added_however_far_apart(added: set[int], one: int) -> None:
    seen = NumbersSeen()
    for each in added:
        seen.add(each)
    assert all(each in seen for each in added)
    assert (one in seen) == (one in added)


@given(ANY)
def test_the_key_of_a_numbered_row_is_its_number(number: int) -> None:
    assert number_in(str(number)) == number


@pytest.mark.parametrize("key", ["", "-", "x", "²", "1.0", "9" * 19, "9" * 5_000, " 1", "1_0", "--1"])
def test_what_is_no_number_of_a_row_is_none(key: str) -> None:
    assert number_in(key) is None


@given(lists(tuples(integers(0, 200), integers(0, 20)), max_size=30), integers(0, 250))
def test_rows_deleted_by_many_records_are_those_of_any_of_them(
    spans: list[tuple[int, int]], number: int
) -> None:
    deleted = Forgotten()
    for first, length in spans:
        deleted.add({"rows": json.dumps({"signal": [[first, first + length]]})})
        assert deleted.has("signal", str(first))
    within = any(first <= number <= first + length for first, length in spans)
    assert deleted.has("signal", str(number)) == within
    assert not deleted.has("timeline", str(number))


@given(text())
def test_no_key_is_deleted_where_nothing_was(key: str) -> None:
    assert not Forgotten().has("signal", key)
