"""A trouble that lasts is logged at once, and then rarely; its end makes the next one new."""

import itertools

from runtime.repeats import LINES, MOST_REASONS, Repeats


def moments(repeats: Repeats, reason: str, *, until: int, every: int = 5) -> list[int]:
    return [now for now in range(0, until, every) if repeats.is_due(reason, now)]


def test_a_trouble_that_lasts_a_day_is_logged_some_thirty_times() -> None:
    found = moments(Repeats(), "refused", until=86_400)
    assert found[:5] == [0, 60, 180, 420, 900]
    assert 25 <= len(found) <= 35
    assert max(b - a for a, b in itertools.pairwise(found)) == LINES.longest


def test_another_reason_is_logged_at_once() -> None:
    repeats = Repeats()
    assert repeats.is_due("refused", 0)
    assert repeats.is_due("unreachable", 5)
    assert not repeats.is_due("refused", 10)


def test_a_trouble_that_ended_is_a_new_one_when_it_returns() -> None:
    repeats = Repeats()
    assert repeats.is_due("refused", 0)
    repeats.end()
    assert repeats.is_due("refused", 5)


def test_reasons_that_never_repeat_take_no_memory() -> None:
    repeats = Repeats()
    for number in range(1_000):
        assert repeats.is_due(str(number), number)
    assert len(repeats._due) <= MOST_REASONS
