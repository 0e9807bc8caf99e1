"""Reopening: a dead connection is replaced within a minute, a quiet line is left in peace."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.supervision.port_reopening import ReopenBackoff


def reopenings(silent_after_s: float, heard: list[float], *, until: float) -> list[float]:
    """Ask once a second; each reopening succeeds at once."""
    reopening, opened_at, found = ReopenBackoff(silent_after_s), 0.0, list[float]()
    for second in range(int(until)):
        heard_at = max((at for at in heard if at <= second), default=0.0)
        if reopening.is_due(second, heard_at=heard_at, opened_at=opened_at):
            opened_at = second
            found.append(opened_at)
    return found


def test_a_line_that_speaks_in_time_is_never_reopened() -> None:
    assert reopenings(90, [float(at) for at in range(0, 3600, 30)], until=3600) == []


def test_a_silent_line_is_reopened_after_its_time_and_then_with_backoff() -> None:
    assert reopenings(15, [], until=200) == [16, 47, 93, 139, 185]


def test_a_long_reporting_time_is_kept_before_the_first_reopening() -> None:
    assert reopenings(90, [], until=200) == [91, 137, 183]


def test_a_line_quieter_than_its_reporting_time_is_reopened_only_as_often_as_the_backoff_allows() -> (
    None
):
    found = reopenings(15, [float(at) for at in range(0, 3600, 40)], until=3600)
    assert all(later - earlier > 30 for earlier, later in pairwise(found))
    assert len(found) <= 3600 / 45 + 2


def test_after_a_connection_that_proved_itself_the_next_silence_is_acted_upon_at_once() -> None:
    talk = [float(at) for at in range(100, 300)]
    found = reopenings(15, talk, until=400)
    assert [each for each in found if each > 300][:2] == [315, 346]


@given(st.floats(0.5, 600), st.lists(st.floats(0, 1_000), max_size=60))
def test_however_a_line_speaks_silence_leads_to_a_reopening_within_a_minute_of_the_last(
    silent_after_s: float, heard: list[float]
) -> None:
    found = reopenings(silent_after_s, heard, until=1_500)
    last = max([*heard, 0.0])
    after = [each for each in found if each > last + silent_after_s]
    edges = [max([each for each in found if each <= last + silent_after_s] + [last + silent_after_s])]
    for earlier, later in zip([*edges, *after], [*after, 1_500.0], strict=True):
        assert later - earlier < 60
