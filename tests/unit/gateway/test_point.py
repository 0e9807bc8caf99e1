"""A point: what it reports, once, and with which reason."""

import math
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Edge, Kind
from contract.sentences import Status
from gateway.domain.model.detector_state import StateAge
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.model.reasons import SignalReason
from gateway.domain.points.point import PointState
from tests.unit.gateway.bench_point import START_US, Bench, Told, bench, moment, steady


def state_of(point: Bench) -> PointState:
    return point.point.state


def test_a_call_point_is_a_fire_with_its_first_sample_and_over_when_it_is_reset() -> None:
    point = bench(PointKind.MANUAL)
    point.hear("manual", [(1, 1.0), (2, 1.0), (3, 0.0)])
    assert point.story() == ["fire raised: manual_call", "fire restored: manual_call"]
    assert point.changes[0].quantity == "manual"
    assert point.changes[0].at == START_US + 1_000_000


@pytest.mark.parametrize(
    ("status", "story"),
    [
        (Status.FAULT, "fault raised: detector_fault"),
        (Status.TAMPER, "tamper raised: detector_tamper"),
        (Status.DISABLED, "disabled raised: detector_disabled"),
        (Status.TEST, "disabled raised: on_test"),
        (Status.LOWBATT, "supervisory raised: battery_low"),
    ],
)
def test_the_status_of_a_detector_is_reported_once_and_restored(status: Status, story: str) -> None:
    point = bench()
    point.hear("smoke", [(1, 0.0)])
    point.hear("smoke", [(2, 0.0), (3, 0.0)], status)
    point.hear("smoke", [(4, 0.0)])
    assert point.story() == [story, story.replace("raised", "restored")]


def test_smoke_from_a_detector_on_test_is_reported_as_a_test() -> None:
    point = bench().seen_calm()
    point.hear("smoke", steady(0.5, since=0, until=60), Status.TEST)
    assert point.story() == ["disabled raised: on_test", "test raised: smoke_above_alarm"]
    point.changes.clear()
    point.hear("smoke", steady(0.0, since=60, until=120))
    assert sorted(point.story()) == ["disabled restored: on_test", "test restored: smoke_above_alarm"]


def test_a_real_fire_is_not_hidden_by_a_test_that_came_before_it() -> None:
    point = bench().seen_calm()
    point.hear("smoke", steady(0.5, since=0, until=60), Status.TEST)
    point.hear("smoke", steady(0.5, since=60, until=120))
    assert [each.reason for each in point.raised(Kind.FIRE)] == ["smoke_above_alarm"]


def test_a_call_point_pressed_in_a_test_is_a_test_and_pressed_after_it_a_fire() -> None:
    point = bench()
    point.hear("manual", [(1, 1.0)], Status.TEST)
    assert point.raised(Kind.FIRE) == []
    point.hear("manual", [(2, 1.0)])
    assert len(point.raised(Kind.FIRE)) == 1


def test_a_fire_that_stands_is_not_ended_by_a_test() -> None:
    point = bench().seen_calm()
    point.hear("smoke", steady(0.5, since=0, until=60))
    point.hear("smoke", steady(0.0, since=60, until=200), Status.TEST)
    assert point.point.state is PointState.ALARM


def test_a_disabled_point_raises_no_fire_until_it_is_enabled_again() -> None:
    point = bench().seen_calm()
    point.hear("smoke", steady(0.5, since=0, until=60), Status.DISABLED)
    assert point.raised(Kind.FIRE) == []
    point.hear("smoke", steady(0.5, since=60, until=65))
    assert len(point.raised(Kind.FIRE)) == 1


def test_a_fire_never_hides_behind_a_fault_that_the_detector_reports() -> None:
    point = bench().seen_calm()
    point.hear("smoke", steady(0.5, since=0, until=60), Status.FAULT)
    assert [str(each.kind) for each in point.changes if each.edge is Edge.RAISED] == [
        "fault",
        "prealarm",
        "fire",
    ]


@pytest.mark.parametrize(
    ("quantity", "value", "reason"),
    [
        ("smoke", 50.1, "out_of_range"),
        ("smoke", math.nan, "out_of_range"),
        ("smoke", math.inf, "out_of_range"),
        ("temperature", 1400.5, "out_of_range"),
        ("temperature", -273.0, "out_of_range"),
        ("manual", 7.0, "out_of_range"),
        ("alarm", -1.0, "out_of_range"),
        ("smoke", None, "no_value"),
    ],
)
def test_a_value_that_cannot_be_true_is_a_fault_and_never_a_fire(
    quantity: str, value: float | None, reason: str
) -> None:
    point = bench()
    point.hear(quantity, [(t, 0.0) for t in range(5)])
    point.hear(quantity, [(5 + t, value) for t in range(50)])
    assert point.story() == [f"fault raised: {reason}"]
    point.hear(quantity, [(60 + t, 0.0) for t in range(5)])
    assert point.story()[1:] == [f"fault restored: {reason}"]


def test_one_unusable_sample_is_not_a_fault() -> None:
    point = bench()
    point.hear("smoke", [(1, 0.0), (2, None), (3, 0.0), (4, 99.0), (5, 0.0)])
    assert point.story() == []


def test_a_sensor_that_jumps_about_is_in_fault_and_never_in_alarm() -> None:
    point = bench()
    broken = [23.4, 69.7, 69.7, 116.0, 23.4, 162.4, 69.8, 116.1, 23.5, 69.8] * 50
    point.hear("temperature", [(t, value) for t, value in enumerate(broken)])
    assert [each.reason for each in point.raised(Kind.FAULT)] == ["jumping"]
    assert point.raised(Kind.FIRE) == []


def test_a_sensor_that_was_broken_is_believed_again_when_it_agrees_with_itself() -> None:
    point = bench()
    point.hear("temperature", list(enumerate([23.4, 69.7, 23.4, 116.0, 23.4, 162.4])))
    point.hear("temperature", steady(25.0, since=10, until=60))
    point.hear("temperature", steady(45.0, since=60, until=90))
    point.hear("temperature", [(90.0 + n, 60.0 + n) for n in range(20)])
    assert [each for each in point.story() if "prealarm" not in each] == [
        "fault raised: jumping",
        "fault restored: jumping",
        "fire raised: heat_above_alarm",
    ]


def test_a_stuck_sensor_is_a_fault_where_that_is_judged() -> None:
    point = bench(stuck_after_s=3600.0)
    point.hear("temperature", steady(25.0, since=0, until=3700, every=10))
    assert point.story() == ["fault raised: stuck"]


def test_a_point_that_was_never_heard_is_a_fault_of_its_own_after_its_reporting_time() -> None:
    point = bench()
    assert state_of(point) is PointState.NEVER_HEARD
    for t in range(0, 400, 10):
        point.tick(t)
    assert point.story() == ["fault raised: never_heard"]
    point.hear("smoke", [(401, 0.0)])
    assert point.story()[1:] == ["fault restored: never_heard"]
    assert state_of(point) is PointState.NORMAL
    point.tick(702)
    assert point.story()[2:] == ["fault raised: silent"]


def test_a_point_that_was_heard_before_a_restart_is_expected_and_then_silent() -> None:
    point = bench(heard_before=True)
    assert point.point.state is PointState.EXPECTED
    point.tick(301)
    assert point.story() == ["fault raised: silent"]


@pytest.mark.parametrize("said", [{"battery": 90.0}, {"tamper": False}, {}])
def test_a_detector_that_never_told_its_level_is_not_normal(said: Told) -> None:
    point = bench(PointKind.LEVEL)
    point.state(1, **said)
    assert state_of(point) is PointState.EXPECTED
    point.state(2, smoke=False)
    assert state_of(point) is PointState.NORMAL


def test_silence_ends_no_fire() -> None:
    point = bench().seen_calm()
    point.hear("smoke", steady(0.5, since=0, until=60))
    for t in range(60, 4000, 10):
        point.tick(t)
    assert point.point.state is PointState.ALARM
    assert "fault raised: silent" in point.story()


def test_a_configured_point_is_judged_by_its_kind_and_always_by_its_switch() -> None:
    point = bench(PointKind.SMOKE).seen_calm()
    point.hear("temperature", steady(90.0, since=0, until=100))
    assert point.story() == []
    point.hear("manual", [(101, 1.0)])
    assert point.story() == ["fire raised: manual_call"]


def test_a_detector_that_judges_by_itself_is_a_fire_at_once() -> None:
    point = bench(PointKind.LEVEL)
    point.state(1, smoke=True, battery=90.0)
    point.state(2, smoke=True)
    point.state(3, smoke=False)
    assert point.story() == ["fire raised: detector_alarm", "fire restored: detector_alarm"]


def test_an_old_alarm_is_a_prealarm_until_something_new_is_heard() -> None:
    point = bench(PointKind.LEVEL)
    point.state(1, StateAge.UNKNOWN, smoke=True)
    assert point.story() == ["prealarm raised: retained_alarm", "supervisory raised: retained_alarm"]
    point.state(2, smoke=True)
    assert point.story()[2:] == [
        "fire raised: detector_alarm",
        "prealarm restored: retained_alarm",
        "supervisory restored: retained_alarm",
    ]


def test_an_old_state_is_not_a_sign_of_life() -> None:
    point = bench(PointKind.LEVEL)
    point.state(200, StateAge.UNKNOWN, smoke=False)
    assert point.point.state is PointState.NEVER_HEARD
    point.tick(301)
    assert point.story() == ["fault raised: never_heard"]


def test_tamper_battery_and_availability_are_reported_of_a_detector_that_judges_by_itself() -> None:
    point = bench(PointKind.LEVEL)
    point.state(1, smoke=False, tamper=True, battery_low=True)
    point.changes += point.point.set_reachable(moment(2), online=False)
    point.state(3, smoke=False, tamper=False, battery_low=False)
    point.changes += point.point.set_reachable(moment(4), online=True)
    assert point.story() == [
        "tamper raised: detector_tamper",
        "supervisory raised: battery_low",
        "fault raised: unavailable",
        "tamper restored: detector_tamper",
        "supervisory restored: battery_low",
        "fault restored: unavailable",
    ]


def test_a_condition_from_before_a_restart_ends_only_once_the_point_was_heard_without_it() -> None:
    point = bench(held=[(Kind.FIRE, "smoke_above_alarm")])
    for t in range(0, 200, 10):
        point.tick(t)
    assert point.story() == []
    for t in range(200, 260):
        point.hear("smoke", [(t, 0.0)])
        point.tick(t)
    assert point.story() == ["fire restored: smoke_above_alarm"]


def test_a_fire_that_held_before_a_restart_and_holds_still_is_not_reported_again() -> None:
    point = bench(held=[(Kind.FIRE, "smoke_above_alarm")])
    for t in range(120):
        point.hear("smoke", [(t, 0.5)])
        point.tick(t)
    assert [each for each in point.changes if each.kind is Kind.FIRE] == []
    assert point.point.state is PointState.ALARM


@pytest.mark.parametrize(
    ("quantity", "reason"), [("manual", "manual_call"), ("alarm", "detector_alarm")]
)
def test_a_switch_released_while_the_gateway_was_away_ends_at_once_and_rings_when_pressed_again(
    quantity: str, reason: str
) -> None:
    point = bench(held=[(Kind.FIRE, reason)])
    point.hear(quantity, [(1, 0.0), (2, 1.0), (3, 0.0)])
    assert point.story() == [
        f"fire restored: {reason}",
        f"fire raised: {reason}",
        f"fire restored: {reason}",
    ]


def test_a_switch_that_is_still_pressed_after_a_restart_is_not_reported_again_until_released() -> None:
    point = bench(held=[(Kind.FIRE, "manual_call")])
    for t in range(60):
        point.hear("manual", [(t, 1.0)])
        point.tick(t)
    assert point.story() == []
    point.hear("manual", [(60, 0.0)])
    assert point.story() == ["fire restored: manual_call"]


def test_a_fire_from_before_a_restart_stays_until_a_message_names_smoke() -> None:
    point = bench(PointKind.LEVEL, held=[(Kind.FIRE, "detector_alarm")])
    point.state(1, test=False)
    assert point.story() == []
    point.state(2, smoke=False)
    assert point.story() == ["fire restored: detector_alarm"]


def test_a_fire_from_before_a_restart_is_not_over_because_something_else_is_heard() -> None:
    held = [(Kind.FIRE, "detector_alarm"), (Kind.SUPERVISORY, "battery_low")]
    point = bench(PointKind.LEVEL, held=held, silent_after_s=1e9)
    point.state(1, tamper=False)
    for t in range(2, 200):
        point.tick(t)
    assert point.story() == ["supervisory restored: battery_low"]
    point.state(200, smoke=False)
    assert point.story()[1:] == ["fire restored: detector_alarm"]


def test_each_quantity_of_a_point_raises_its_own_fire_and_the_last_to_end_restores_them_all() -> None:
    point = bench(PointKind.MULTI).seen_calm()
    point.hear("smoke", steady(1.0, since=0, until=60))
    point.hear("temperature", steady(90.0, since=60, until=70))
    fires = point.raised(Kind.FIRE)
    assert [(each.reason, each.quantity) for each in fires] == [
        ("smoke_above_alarm", "smoke"),
        ("heat_above_alarm", "temperature"),
    ]
    point.changes.clear()
    point.hear("temperature", steady(22.0, since=70, until=200))
    assert point.story() == []
    point.hear("temperature", steady(90.0, since=200, until=210))
    assert point.story() == []
    point.hear("temperature", steady(22.0, since=210, until=400))
    point.hear("smoke", steady(0.0, since=400, until=600))
    restored = [each for each in point.changes if each.kind is Kind.FIRE]
    assert {(str(each.edge), each.quantity) for each in restored} == {
        ("restored", "smoke"),
        ("restored", "temperature"),
    }
    assert not point.point.conditions.has(Kind.FIRE)


def test_fires_of_two_quantities_from_before_a_restart_end_together() -> None:
    held = [(Kind.FIRE, "smoke_above_alarm"), (Kind.FIRE, "heat_above_alarm")]
    point = bench(PointKind.MULTI, held=held)
    for t in range(120):
        point.hear("smoke", [(t, 1.0)])
        point.hear("temperature", [(t, 22.0)])
        point.tick(t)
    assert [each for each in point.changes if each.kind is Kind.FIRE] == []
    assert set(held) <= set(point.point.conditions.open_conditions())


samples = st.lists(
    st.tuples(
        st.sampled_from(["smoke", "temperature", "manual", "alarm", "co"]),
        st.one_of(st.none(), st.floats(-100, 2000), st.sampled_from([0.0, 1.0, 0.3, 60.0])),
        st.sampled_from(Status),
        st.floats(0.0, 100.0),
    ),
    max_size=120,
)


@given(samples)
def test_every_condition_is_raised_and_restored_in_turn_with_the_same_reason(
    samples: list[tuple[str, float | None, Status, float]],
) -> None:
    point, t = bench(), 0.0
    for quantity, value, status, gap in samples:
        t += gap
        point.tick(t)
        point.hear(quantity, [(t, value)], status)
    standing: dict[tuple[str, str], str] = {}
    for change in point.changes:
        # These stand side by side; and so do the fires that are seen by different quantities.
        own = change.kind in {Kind.TEST, Kind.SUPERVISORY, Kind.DISABLED} or change.reason in {
            SignalReason.TEST_TOO_LONG,
            SignalReason.DISABLED_TOO_LONG,
            SignalReason.RESTORED_TOO_SOON,
        }
        apart = (change.quantity or "") if change.kind is Kind.FIRE else ""
        key = (change.kind, change.reason if own else apart)
        if change.edge is Edge.RAISED:
            assert key not in standing
            standing[key] = change.reason
        else:
            assert standing.pop(key) == change.reason
    assert {kind for kind, _ in standing} == {
        kind for kind, _ in point.point.conditions.open_conditions()
    }


@pytest.mark.parametrize(
    ("field", "reason", "quantity"),
    [
        ("smoke", "detector_alarm", "alarm"),
        ("heat", "heat_alarm", "heatalarm"),
        ("co", "co_alarm", "coalarm"),
        ("gas", "gas_alarm", "gasalarm"),
    ],
)
def test_each_alarm_of_a_detector_that_judges_by_itself_is_a_fire_while_it_is_true(
    field: str, reason: str, quantity: str
) -> None:
    point = bench(PointKind.LEVEL)
    for t, level in enumerate((False, True, True, False)):
        point.state(t, **cast("Told", {field: level}))
    assert point.story() == [f"fire raised: {reason}", f"fire restored: {reason}"]
    assert point.changes[0].quantity == quantity


def test_a_second_alarm_of_one_detector_is_reported_and_prolongs_the_first() -> None:
    point = bench(PointKind.LEVEL)
    point.state(1, smoke=True, co=False)
    point.state(2, smoke=True, co=True)
    point.state(3, smoke=False, co=True)
    assert point.story() == ["fire raised: detector_alarm", "fire raised: co_alarm"]
    point.state(4, smoke=False, co=False)
    assert sorted(point.story()[2:]) == ["fire restored: co_alarm", "fire restored: detector_alarm"]


def test_a_field_without_trouble_does_not_end_the_trouble_of_another_field() -> None:
    point = bench(PointKind.LEVEL)
    point.state(1, faults=(("fault", True),))
    point.state(2, faults=(("trouble", False),))
    assert point.story() == ["fault raised: detector_fault"]
    point.state(3, faults=(("fault", False),))
    assert point.story()[-1] == "fault restored: detector_fault"


def test_leaking_water_is_supervised_and_no_fire() -> None:
    point = bench(PointKind.LEVEL)
    point.state(1, water_leak=True)
    point.state(2, water_leak=False)
    assert point.story() == ["supervisory raised: water_leak", "supervisory restored: water_leak"]


@pytest.mark.parametrize("field", ["smoke", "heat", "co", "gas"])
def test_an_old_level_of_any_alarm_is_a_prealarm(field: str) -> None:
    point = bench(PointKind.LEVEL)
    point.state(1, StateAge.UNKNOWN, **cast("Told", {field: True}))
    assert point.story() == ["prealarm raised: retained_alarm", "supervisory raised: retained_alarm"]
