"""An alarm of a detector on MQTT cannot be taken back at once by whoever speaks for it."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Edge, Kind
from contract.sentences import Status
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.model.reasons import SignalReason
from gateway.domain.points.point import PointState
from tests.unit.gateway.bench_point import Bench, bench

LATCH_S = 10.0


def latching(held: Iterable[tuple[Kind, str]] = ()) -> Bench:
    return bench(PointKind.LEVEL, latch_s=LATCH_S, silent_after_s=1e9, held=held)


def test_an_alarm_goes_up_at_once_and_its_end_waits_for_the_latch() -> None:
    point = latching()
    point.state(0.0, smoke=True)
    assert point.story() == ["fire raised: detector_alarm"]
    point.state(1.0, smoke=False)
    assert point.story()[1:] == ["tamper raised: restored_too_soon"]
    point.tick(9.9)
    assert point.point.state is PointState.ALARM
    point.tick(10.0)
    assert point.story()[2:] == ["fire restored: detector_alarm"]


def test_the_tamper_stands_for_ten_minutes_so_that_somebody_looks() -> None:
    point = latching()
    point.state(0.0, smoke=True)
    point.state(1.0, smoke=False)
    point.tick(11.0)
    point.tick(600.0)
    assert list(point.point.conditions.open_conditions()) == [
        (Kind.TAMPER, SignalReason.RESTORED_TOO_SOON)
    ]
    point.tick(601.0)
    assert list(point.point.conditions.open_conditions()) == []


def test_an_alarm_that_stood_for_longer_ends_with_its_level_and_is_not_a_tamper() -> None:
    point = latching()
    point.state(0.0, smoke=True)
    point.state(10.0, smoke=False)
    assert point.story() == ["fire raised: detector_alarm", "fire restored: detector_alarm"]


def test_smoke_that_is_back_before_the_latch_opens_is_the_same_fire() -> None:
    point = latching()
    point.state(0.0, smoke=True)
    point.state(1.0, smoke=False)
    point.state(2.0, smoke=True)
    point.tick(60.0)
    assert point.point.state is PointState.ALARM
    assert [str(each.edge) for each in point.changes if each.kind is Kind.FIRE] == ["raised"]


def test_an_early_restore_is_reported_beside_an_open_cover() -> None:
    point = latching()
    point.state(0.0, smoke=True, tamper=True)
    point.state(1.0, smoke=False, tamper=True)
    assert "tamper raised: restored_too_soon" in point.story()


def test_a_fire_from_before_a_restart_may_end_at_once() -> None:
    point = latching(held=[(Kind.FIRE, SignalReason.DETECTOR_ALARM)])
    point.state(0.0, smoke=False)
    assert point.story() == ["fire restored: detector_alarm"]


def test_a_call_point_on_a_serial_line_is_over_when_it_is_reset() -> None:
    point = bench(PointKind.MANUAL)
    point.hear("manual", [(1, 1.0), (1.2, 0.0)])
    assert point.story() == ["fire raised: manual_call", "fire restored: manual_call"]


@given(
    st.lists(st.tuples(st.floats(0.0, 15.0), st.booleans(), st.sampled_from(Status)), max_size=60),
)
def test_every_fire_stands_for_the_latch_at_least_and_ends_within_a_tick_of_it(
    steps: list[tuple[float, bool, Status]],
) -> None:
    point, t = latching(), 0.0
    for gap, smoke, status in steps:
        t += gap
        point.tick(t)
        point.hear("alarm", [(t, float(smoke))], status)
    point.hear("alarm", [(t + 0.5, 0.0)])
    point.tick(t + 0.5 + LATCH_S)
    of_fire = [each for each in point.changes if each.kind is Kind.FIRE]
    assert [each.edge for each in of_fire] == [Edge.RAISED, Edge.RESTORED] * (len(of_fire) // 2)
    for raised, restored in zip(of_fire[::2], of_fire[1::2], strict=True):
        assert restored.at - raised.at >= LATCH_S * 1e6 - 2
