"""A fire that stands after its incident was closed rings again, as at a panel after a reset."""

import pytest

from contract.messages import Edge, Kind
from contract.sentences import Status
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.model.reasons import SignalReason
from tests.unit.gateway.bench_point import Bench, bench, steady


def raises(point: Bench) -> list[tuple[str, float | None]]:
    return [(each.reason, each.value) for each in point.raised(Kind.FIRE)]


def burning() -> Bench:
    point = bench(PointKind.LEVEL, silent_after_s=1e9)
    point.state(0.0, smoke=True)
    return point


def test_a_repeated_level_rings_once_when_the_reset_is_over() -> None:
    point = burning()
    point.point.raise_again_after(again_at=100.0)
    point.state(50.0, smoke=True)
    point.tick(99.0)
    assert raises(point) == [("detector_alarm", 1.0)]
    for t in (100.0, 101.0, 500.0):
        point.tick(t)
        point.state(t, smoke=True)
    assert raises(point) == [("detector_alarm", 1.0)] * 2
    point.state(501.0, smoke=False)
    assert [each.edge for each in point.changes].count(Edge.RESTORED) == 1


def test_a_level_that_is_repeated_days_later_rings_at_once() -> None:
    point = burning()
    point.point.raise_again_after(again_at=100.0)
    point.tick(86_400.0)
    point.state(86_401.0, smoke=True)
    assert raises(point) == [("detector_alarm", 1.0)] * 2


def test_a_level_that_was_restored_within_the_reset_does_not_ring() -> None:
    point = burning()
    point.point.raise_again_after(again_at=100.0)
    point.state(50.0, smoke=True)
    point.state(60.0, smoke=False)
    point.tick(100.0)
    assert raises(point) == [("detector_alarm", 1.0)]


def test_a_level_from_before_a_restart_rings_once_more_if_it_is_repeated() -> None:
    point = bench(PointKind.LEVEL, held=[(Kind.FIRE, "detector_alarm")], silent_after_s=1e9)
    point.point.raise_again_after(again_at=60.0)
    for t in (1.0, 30.0, 61.0, 120.0):
        point.state(t, smoke=True)
        point.tick(t)
    assert raises(point) == [("detector_alarm", 1.0)]


def test_silence_after_the_reset_is_not_a_sign_of_a_fire() -> None:
    point = burning()
    point.point.raise_again_after(again_at=100.0)
    for t in range(100, 400):
        point.tick(float(t))
    point.state(400.0, battery=90.0)
    assert raises(point) == [("detector_alarm", 1.0)]


def test_each_closing_lets_it_ring_once_more() -> None:
    point = burning()
    for closed in (100.0, 200.0, 300.0):
        point.point.raise_again_after(again_at=closed + 60.0)
        point.state(closed + 1.0, smoke=True)
        point.tick(closed + 60.0)
    assert len(raises(point)) == 4


def test_an_alarm_that_was_restored_before_the_reset_is_signalled_by_its_new_edge_alone() -> None:
    point = burning()
    point.point.raise_again_after(again_at=100.0)
    point.state(50.0, smoke=False)
    point.state(150.0, smoke=True)
    point.state(151.0, smoke=True)
    assert len(raises(point)) == 2


def test_a_point_that_was_not_in_fire_is_not_signalled() -> None:
    point = bench(PointKind.LEVEL)
    point.point.raise_again_after(again_at=1.0)
    point.state(2.0, smoke=False)
    assert point.story() == []


def test_a_level_on_test_does_not_ring_again_and_does_when_the_test_is_over() -> None:
    point = burning()
    point.point.raise_again_after(again_at=100.0)
    point.state(101.0, smoke=True, test=True)
    assert len(raises(point)) == 1
    point.state(102.0, smoke=True, test=False)
    assert len(raises(point)) == 2


@pytest.mark.parametrize(
    ("quantity", "value"), [("smoke", 0.5), ("temperature", 80.0), ("co", 400.0), ("manual", 1.0)]
)
def test_a_measurement_that_is_a_fire_still_rings_again(quantity: str, value: float) -> None:
    point = bench() if quantity == "manual" else bench().seen_calm(quantity)
    point.hear(quantity, steady(value, since=0.0, until=300.0))
    before = len(raises(point))
    assert before >= 1
    point.point.raise_again_after(again_at=360.0)
    point.hear(quantity, steady(value, since=300.0, until=500.0))
    point.tick(500.0)
    again = point.raised(Kind.FIRE)[before:]
    assert [(each.reason, each.quantity) for each in again] == [
        (point.raised(Kind.FIRE)[0].reason, quantity)
    ]


def test_a_multi_criteria_fire_rings_again() -> None:
    point = bench(PointKind.MULTI)
    for t in range(0, 600, 5):
        if t == 400:
            point.point.raise_again_after(again_at=460.0)
        point.hear("smoke", [(t, 0.1)])
        point.hear("temperature", [(t, min(42.0, 22.0 + t / 10))])
    assert [reason for reason, _ in raises(point)] == [SignalReason.MULTI_CRITERIA] * 2


def test_a_detector_that_only_repeats_its_test_never_rings() -> None:
    point = bench(PointKind.LEVEL)
    point.hear("alarm", [(0.0, 1.0)], Status.TEST)
    point.point.raise_again_after(again_at=1.0)
    point.hear("alarm", [(2.0, 1.0)], Status.TEST)
    assert raises(point) == []
