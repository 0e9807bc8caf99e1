"""A rate of false alarms is over a year; where points were registered for days alone, there is none."""

import pytest

from reports.domain.exposure import DAY, LEAST_EXPOSED, rate


@pytest.mark.parametrize(
    ("count", "point_days", "expected"), [(0, 365, 0.0), (1, 36_500, 1.0), (3, 730, 150.0)]
)
def test_a_rate_is_for_100_points_and_a_year(count: int, point_days: int, expected: float) -> None:
    assert rate(count, point_days * DAY) == expected


def test_a_few_minutes_are_no_rate() -> None:
    assert rate(1, 20 * 60 * 1_000_000) is None
    assert rate(1, LEAST_EXPOSED - 1) is None
    assert rate(1, LEAST_EXPOSED) is not None
