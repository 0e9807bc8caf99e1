"""Requirements on the pace of reports about points: at once what is honest, a flood of it later."""

from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.fairness.report_pacing import ReportPacing
from alerting.domain.fairness.token_bucket import Rate
from alerting.mqtt.points_watch import REPORTED


def test_a_panel_that_is_new_with_2000_points_and_gone_again_is_reported_at_once() -> None:
    one = ReportPacing(REPORTED)
    for now in (1.0, 2.0):
        assert one.take_due(["cho"], now) == {"cho"}
        one.pay("cho", 2_000, now)
    assert one.take_due(["cho"], 3.0) == {"cho"}


def test_premises_that_reported_too_much_wait_and_are_compared_once_in_the_end() -> None:
    one = ReportPacing(Rate(10, 1.0))
    assert one.take_due(["cho"], 0.0) == {"cho"}
    one.pay("cho", 14, 0.0)
    for second in range(1, 5):
        assert one.take_due(["cho"], float(second)) == set(), "it changes again and again"
    assert one.take_due([], 5.0) == {"cho"}, "nothing of it changes any more"
    assert one.take_due([], 6.0) == set()


def test_premises_that_wait_hold_up_no_others() -> None:
    one = ReportPacing(Rate(10, 1.0))
    one.take_due(["cho"], 0.0)
    one.pay("cho", 20, 0.0)
    assert one.take_due(["cho", "nha-pho"], 1.0) == {"nha-pho"}


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 40)), max_size=60))
def test_in_no_time_are_more_findings_reported_than_the_rate_and_each_change_is_compared_at_last(
    changes: list[tuple[float, int]],
) -> None:
    one, now, reported, is_new = ReportPacing(Rate(50, 2.0)), 0.0, 0, False
    for wait, findings in changes:
        now += wait
        is_new = True
        if one.take_due(["cho"], now):
            one.pay("cho", findings, now)
            reported, is_new = reported + findings, False
        # One comparison may find as much as a gateway has points: it is paid for afterwards.
        assert reported <= 50 + 2.0 * now + 40
    assert one.take_due([], now + 60.0) == ({"cho"} if is_new else set())
