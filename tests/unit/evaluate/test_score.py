"""Rates and intervals, against figures from tables."""

import pytest

from tocsin.evaluate.score import percentile, poisson_interval


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Garwood 1936, exact two-sided 95 % limits of a Poisson mean, as in any table of them.
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (2, 0.242, 7.225), (10, 4.795, 18.390), (100, 81.36, 121.63)],
)
def test_the_interval_is_that_of_the_tables(count: int, low: float, high: float) -> None:
    assert poisson_interval(count) == pytest.approx((low, high), rel=1e-3)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3.0], 0.95) == 3.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0
