"""What a detector says of itself holds back its fires for a while, is told, and then holds no longer."""

from collections.abc import Iterable
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Edge, Kind
from contract.sentences import Status
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.model.reasons import SignalReason
from gateway.domain.points.point import PointState
from gateway.domain.points.status_limits import StatusLimits
from tests.unit.gateway.bench_point import CALM, Bench, Told, bench, steady

HOLD = StatusLimits(test_s=300.0, disabled_s=3_600.0)
LONGEST = {Status.TEST: HOLD.test_s, Status.DISABLED: HOLD.disabled_s}
LEFT_OVER = {Status.TEST: "test_too_long", Status.DISABLED: "disabled_too_long"}
TOLD = {Status.TEST: "on_test", Status.DISABLED: "detector_disabled"}


def held(kind: PointKind | None = None, held: Iterable[tuple[Kind, str]] = ()) -> Bench:
    return bench(kind, status_limits=HOLD, silent_after_s=1e9, held=held)


def fires(point: Bench) -> list[str]:
    return [each.reason for each in point.raised(Kind.FIRE)]


def test_smoke_beside_a_test_that_was_left_over_is_a_fire_without_another_message() -> None:
    point = held(PointKind.LEVEL)
    point.state(0.0, smoke=False, test=True)
    point.state(10.0, smoke=True, test=True)
    point.tick(299.0)
    assert fires(point) == []
    point.tick(300.0)
    assert fires(point) == ["detector_alarm"]
    assert "fault raised: test_too_long" in point.story()


def test_smoke_that_comes_after_the_test_should_have_ended_is_a_fire_at_once() -> None:
    point = held(PointKind.LEVEL)
    point.state(0.0, smoke=False, test=True)
    point.tick(86_400.0)
    point.state(86_401.0, smoke=True, test=True)
    assert fires(point) == ["detector_alarm"]


def test_a_test_is_reported_as_a_disablement_from_its_first_message() -> None:
    point = held(PointKind.LEVEL)
    point.state(0.0, smoke=False, test=True)
    assert point.story() == ["disabled raised: on_test"]
    assert point.point.state is PointState.TEST


def test_a_test_that_ends_restores_all_that_it_raised() -> None:
    point = held(PointKind.LEVEL)
    point.state(0.0, smoke=False, test=True)
    point.state(5.0, smoke=True, test=True)
    point.state(10.0, smoke=False, test=True)
    point.tick(400.0)
    point.state(500.0, smoke=False, test=False)
    assert list(point.point.conditions.open_conditions()) == []


@pytest.mark.parametrize("fault", ["unavailable", "jumping"])
def test_an_overlong_test_is_reported_beside_other_faults_of_the_detector(fault: str) -> None:
    point = held(PointKind.LEVEL, held=[(Kind.FAULT, fault)])
    point.state(0.0, smoke=False, test=True)
    point.tick(300.0)
    assert "fault raised: test_too_long" in point.story()


def test_a_left_over_test_is_known_after_a_restart_of_the_gateway() -> None:
    point = held(PointKind.LEVEL, held=[(Kind.FAULT, SignalReason.TEST_TOO_LONG)])
    point.state(0.0, smoke=True, test=True)
    assert fires(point) == ["detector_alarm"]


def test_the_end_of_a_test_lets_every_level_of_the_detector_be_a_fire() -> None:
    point = held(PointKind.LEVEL)
    point.state(0.0, smoke=False, heat=True, test=True)
    point.state(10.0, smoke=False, test=False)
    assert fires(point) == ["heat_alarm"]


HOLDERS = [
    pytest.param("alarm", 1.0, PointKind.LEVEL, "detector_alarm", id="level"),
    pytest.param("manual", 1.0, PointKind.MANUAL, "manual_call", id="call point"),
    pytest.param("smoke", 0.5, PointKind.SMOKE, "smoke_above_alarm", id="smoke"),
    pytest.param("temperature", 80.0, PointKind.HEAT, "heat_above_alarm", id="heat"),
    pytest.param("co", 400.0, PointKind.CO, "co_above_alarm", id="co"),
]


@pytest.mark.parametrize("status", LEFT_OVER)
@pytest.mark.parametrize(("quantity", "value", "kind", "reason"), HOLDERS)
def test_every_status_that_suppresses_a_fire_is_reported_expires_and_becomes_a_fault(
    quantity: str, value: float, kind: PointKind, reason: str, status: Status
) -> None:
    point, longest = held(kind), LONGEST[status]
    if quantity in CALM:
        point.seen_calm(quantity)
    point.hear(quantity, steady(value, since=0.0, until=longest, every=10.0), status)
    assert fires(point) == []
    assert f"disabled raised: {TOLD[status]}" in point.story()
    point.hear(quantity, steady(value, since=longest, until=longest + 100.0, every=10.0), status)
    assert reason in fires(point) or "heat_rising" in fires(point)
    assert f"fault raised: {LEFT_OVER[status]}" in point.story()


@pytest.mark.parametrize("status", LEFT_OVER)
def test_a_multi_criteria_fire_is_suppressed_no_longer_than_each_quantity(status: Status) -> None:
    point, longest = held(PointKind.MULTI).seen_calm("smoke", "temperature"), LONGEST[status]
    for t in steady(0.0, since=0.0, until=longest + 600.0, every=5.0):
        burns = t[0] > longest - 300.0
        point.hear("smoke", [(t[0], 0.1 if burns else 0.0)], status)
        point.hear("temperature", [(t[0], 42.0 if burns else 22.0)], status)
        if t[0] < longest:
            assert fires(point) == []
    assert fires(point) == ["multi_criteria"]


def test_an_overlong_status_ends_as_any_other() -> None:
    point = held(PointKind.LEVEL)
    point.hear("alarm", [(0.0, 1.0), (4_000.0, 1.0)], Status.DISABLED)
    assert fires(point) == ["detector_alarm"]
    point.hear("alarm", [(4_001.0, 0.0)])
    assert list(point.point.conditions.open_conditions()) == []


steps = st.lists(
    st.tuples(
        st.floats(0.0, 200.0),  # seconds since the step before
        st.sampled_from([True, False, None]),  # smoke
        st.sampled_from([True, False, None]),  # test
    ),
    max_size=60,
)


@given(steps, st.sampled_from(["smoke", "heat", "co", "gas"]))
def test_no_sequence_of_test_flags_hides_a_standing_level_for_longer_than_a_test_may_last(
    steps: list[tuple[float, bool | None, bool | None]], level: str
) -> None:
    point, t = held(PointKind.LEVEL), 0.0
    since: float | None = None  # when smoke was last said to begin
    for gap, smoke, test in steps:
        for second in range(int(gap)):
            point.tick(t + second)
            if since is not None and t + second - since >= HOLD.test_s:
                assert point.point.state is PointState.ALARM
        t += gap
        point.state(t, **cast("Told", {level: smoke, "test": test}))
        if smoke is not None:
            since = (t if since is None else since) if smoke else None
        if smoke and not test:
            assert point.point.state is PointState.ALARM


words = st.lists(st.tuples(st.floats(0.1, 400.0), st.sampled_from(Status)), min_size=1, max_size=80)


@given(words)
def test_no_sequence_of_words_hides_a_pressed_call_point_beyond_the_longest_of_them(
    words: list[tuple[float, Status]],
) -> None:
    point, t = held(PointKind.MANUAL), 0.0
    for gap, status in words:
        t += gap
        point.tick(t)
        point.hear("manual", [(t, 1.0)], status)
        if status not in LONGEST or t - words[0][0] >= HOLD.disabled_s:
            assert fires(point) == ["manual_call"]
    if fires(point) == []:
        assert any(each.kind is Kind.DISABLED and each.edge is Edge.RAISED for each in point.changes)
