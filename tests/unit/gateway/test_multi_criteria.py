"""A point that measures several quantities: earlier than each alone, and never later."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Kind
from contract.sentences import Status
from gateway.domain.model.point_kinds import PointKind
from tests.support.depth import examples
from tests.unit.gateway.bench_point import Bench, bench, steady

Rows = list[tuple[float, str, float]]


def hear(point: Bench, rows: Rows, status: Status = Status.NORMAL) -> Bench:
    for t, quantity, value in rows:
        point.hear(quantity, [(t, value)], status)
    return point


def fire(seed: int, *, every: float = 1.0) -> Rows:
    """Smoke, heat and CO that grow by t², each at a pace of its own, with noise."""
    source = random.Random(seed)
    most = {
        "smoke": source.uniform(0, 1.0),
        "temperature": source.uniform(0, 90),
        "co": source.uniform(0, 300),
    }
    calm = {"smoke": (0.02, 0.004), "temperature": (22.0, 0.2), "co": (3.0, 1.0)}
    rows: Rows = []
    for n in range(int(400 / every)):
        grown = max(0.0, (n * every - 60.0) / 340.0) ** 2
        for quantity, (mean, sigma) in calm.items():
            rows.append((n * every, quantity, source.gauss(mean + most[quantity] * grown, sigma)))
    return rows


def at(point: Bench) -> float:
    fires = point.raised(Kind.FIRE)
    return fires[0].at if fires else float("inf")


@settings(max_examples=examples(80), deadline=None)
@given(st.integers(0, 2**32))
def test_several_quantities_together_alarm_never_later_than_the_first_of_them_alone(seed: int) -> None:
    rows = fire(seed)
    assert at(hear(bench(PointKind.MULTI), rows)) <= at(hear(bench(), rows))


def test_smoke_and_heat_that_are_each_too_weak_are_a_fire_together() -> None:
    weak: Rows = [
        row
        for n in range(300)
        for row in ((n, "smoke", 0.02 + 0.1 * n / 300), (n, "temperature", 22.0 + 20.0 * n / 300))
    ]
    assert hear(bench(), weak).raised(Kind.FIRE) == []
    together = hear(bench(PointKind.MULTI), weak).raised(Kind.FIRE)
    assert [change.reason for change in together] == ["multi_criteria"]


def test_one_quantity_never_counts_twice() -> None:
    rows = [(t, "smoke", v) for t, v in steady(0.12, since=0, until=300)]
    rows += [(t, "temperature", v) for t, v in steady(22.0, since=0, until=300)]
    assert hear(bench(PointKind.MULTI), sorted(rows)).raised(Kind.FIRE) == []


def test_a_negative_zero_makes_no_sign_of_its_own_a_fire() -> None:
    point = bench(PointKind.MULTI)
    point.hear("smoke", steady(-0.5, since=0, until=86_400 * 7, every=60))
    point.hear("smoke", steady(0.045, since=86_400 * 7, until=86_400 * 7 + 300))
    assert point.raised(Kind.FIRE) == []


def test_a_quantity_that_was_heard_long_ago_does_not_count() -> None:
    point = bench(PointKind.MULTI)
    point.hear("temperature", [(t, 22.0 + 20.0 * t / 100) for t in range(100)])
    point.hear("smoke", steady(0.1, since=300, until=400))
    assert point.raised(Kind.FIRE) == []


def test_several_quantities_of_a_point_on_test_are_not_a_fire() -> None:
    weak: Rows = [
        row
        for n in range(300)
        for row in ((n, "smoke", 0.02 + 0.1 * n / 300), (n, "temperature", 22.0 + 20.0 * n / 300))
    ]
    for status in (Status.TEST, Status.DISABLED):
        assert hear(bench(PointKind.MULTI), weak, status).raised(Kind.FIRE) == []
