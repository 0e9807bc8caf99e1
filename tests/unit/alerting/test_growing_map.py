"""A map that grows is a value: what it was stays as it was, and a change copies a small part of it."""

from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.model.growing_map import CHUNK, GrowingMap

CHANGES = st.lists(st.tuples(st.integers(0, 300), st.integers()), max_size=400)


@given(CHANGES)
def test_it_holds_what_a_dictionary_would_in_the_same_order(changes: list[tuple[int, int]]) -> None:
    plain, growing = dict[int, int](), GrowingMap[int, int]()
    for key, value in changes:
        plain[key], growing = value, growing.having(key, value)
    assert list(growing.items()) == list(plain.items())
    assert list(growing.in_order()) == list(plain.values())
    assert list(reversed(growing)) == list(plain)[::-1]
    assert (len(growing), growing.get(-1)) == (len(plain), None)
    assert all(growing[key] == value for key, value in plain.items())
    assert list(GrowingMap.of(changes).items()) == list(plain.items())


@given(CHANGES, CHANGES)
def test_what_it_was_before_a_change_stays_as_it_was(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    earlier = GrowingMap.of(before)
    was = list(earlier.items())
    later = earlier
    for key, value in after:
        later = later.having(key, value)
    assert list(earlier.items()) == was


@given(CHANGES, CHANGES)
def test_the_changes_since_an_earlier_state_make_the_later_one_of_it(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    earlier = GrowingMap.of((key, [value]) for key, value in before)
    later = earlier
    for key, value in after:
        later = later.having(key, [value])
    known = dict(enumerate(earlier.in_order()))
    assert list({**known, **dict(later.changes_since(earlier))}.values()) == list(later.in_order())
    assert len(list(later.changes_since(earlier))) == len({key for key, _ in after})
    assert list(later.changes_since(later)) == []


def test_a_change_of_one_of_many_shares_all_other_chunks() -> None:
    many = GrowingMap.of((number, object()) for number in range(100 * CHUNK))
    one = many.having(5, object())
    assert sum(each is not other for each, other in zip(one._chunks, many._chunks, strict=True)) == 1
