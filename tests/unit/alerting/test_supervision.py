"""Whether a gateway is heard, and whether what it says fits what the center holds."""

import math

import msgspec
import pytest

from alerting.domain.watch.gateways import (
    BEATS,
    FLOOD_S,
    OFFLINE_AFTER_S,
    QUARANTINE_S,
    CenterCounts,
    GatewayFinding,
    GatewayReason,
    GatewayState,
    GatewayWatch,
)
from contract.messages import Edge, Heartbeat, Inventory, LaneState

REPORTING_S = 90.0
HERE = CenterCounts(standing=0, missing_signals=0)


def watch(**more: object) -> GatewayWatch:
    return GatewayWatch(0.0, **{"reporting_s": REPORTING_S, "was_heard": True, **more})  # type: ignore[arg-type]


def beat(
    *, alarms: int = 0, depth: int = 0, last_seq: int = 7, skipped: int = 0, at: int = 0
) -> Heartbeat:
    lane = LaneState(epoch="e1", depth=depth, oldest_age_s=0.0, last_seq=last_seq, skipped=skipped)
    return Heartbeat(v=1, at=at, alarm=lane, telemetry=lane, points={"alarm": alarms})


def beats(one: GatewayWatch, *offsets_s: float, start: float = 0.0) -> list[GatewayFinding]:
    found: list[GatewayFinding] = []
    for number, offset in enumerate(offsets_s):
        at = start + 10.0 * number
        one.note_heartbeat(at, beat(at=1_000_000_000), 1_000_000_000 + round(offset * 1e6))
        found += one.judge_conditions(at)
    return found


def state_of(one: GatewayWatch) -> GatewayState:
    return one.state


def summarized(found: list[GatewayFinding]) -> list[str]:
    return [f"{each.reason} {each.edge}" for each in found]


def test_a_gateway_is_silent_after_its_reporting_time_and_restored_when_it_is_heard() -> None:
    one = watch()
    one.note_received(5.0)
    assert one.due() == 95.0
    assert one.judge_conditions(94.9) == []
    assert summarized(one.judge_conditions(95.0)) == ["gateway_silent raised"]
    assert state_of(one) is GatewayState.SILENT
    assert one.judge_conditions(200.0) == []
    one.note_received(201.0)
    assert summarized(one.judge_conditions(201.0)) == ["gateway_silent restored"]
    assert state_of(one) is GatewayState.NORMAL


def test_a_registered_gateway_that_was_never_heard_is_a_fault_of_its_own() -> None:
    one = watch(was_heard=False)
    assert one.state is GatewayState.EXPECTED
    assert summarized(one.judge_conditions(REPORTING_S)) == ["gateway_never_heard raised"]
    one.note_received(100.0)
    assert summarized(one.judge_conditions(100.0)) == ["gateway_never_heard restored"]


def test_a_goodbye_counts_after_the_time_of_a_reconnection() -> None:
    one = watch()
    one.note_received(0.0)
    one.note_presence(1.0, online=False)
    assert one.judge_conditions(1.0 + OFFLINE_AFTER_S - 0.1) == []
    assert summarized(one.judge_conditions(1.0 + OFFLINE_AFTER_S)) == ["gateway_offline raised"]
    assert one.judge_conditions(500.0) == [], "one that is gone is not silent as well"
    one.note_presence(501.0, online=True)
    assert summarized(one.judge_conditions(501.0)) == ["gateway_offline restored"]


def test_a_reconnection_within_that_time_is_nothing() -> None:
    one = watch()
    one.note_presence(1.0, online=False)
    one.note_presence(3.0, online=True)
    assert one.judge_conditions(20.0) == []


def test_what_held_before_a_restart_holds_until_the_gateway_is_heard() -> None:
    one = watch(held=[GatewayReason.GATEWAY_SILENT, GatewayReason.CLOCK_WRONG])
    assert one.judge_conditions(1.0) == []
    assert one.state is GatewayState.SILENT
    one.note_received(2.0)
    assert summarized(one.judge_conditions(2.0)) == ["gateway_silent restored"]
    assert one.conditions == {GatewayReason.CLOCK_WRONG}, "nothing was heard about the clock"


@pytest.mark.parametrize(
    ("offsets", "findings"),
    [
        ([3.0, 3.0], []),
        ([3.0, 3.0, 3.0], ["clock_wrong raised"]),
        ([-3.0, -3.0, -3.0], ["clock_wrong raised"]),
        ([30.0, 0.1, 30.0], []),  # delayed on the way, and right
        ([-2.5, -2.5, -0.5], ["clock_wrong raised"]),  # one that came late is no proof of a right clock
        ([1.9, 1.9, 1.9, 1.9], []),
        ([3.0, 3.0, 3.0, 1.5, 1.5, 1.5], ["clock_wrong raised"]),
        ([3.0, 3.0, 3.0, 0.5], ["clock_wrong raised", "clock_wrong restored"]),
    ],
)
def test_a_clock_is_wrong_when_it_is_more_than_2_s_off_three_times_in_a_row(
    offsets: list[float], findings: list[str]
) -> None:
    assert summarized(beats(watch(), *offsets)) == findings


def contradict(one: GatewayWatch, times: int, known: CenterCounts, **state: int) -> list[GatewayFinding]:
    found: list[GatewayFinding] = []
    for number in range(times):
        one.note_heartbeat(float(number), beat(**state), 0)
        if one.needs_comparison():
            one.compare(known)
        found += one.judge_conditions(float(number))
    return [each for each in found if each.reason is not GatewayReason.CLOCK_WRONG]


def test_an_alarm_that_the_center_does_not_know_is_reported_after_three_heartbeats() -> None:
    one = watch()
    assert contradict(one, BEATS - 1, HERE, alarms=1) == []
    assert contradict(one, 1, HERE, alarms=1) == [
        GatewayFinding(GatewayReason.ALARM_NOT_KNOWN, Edge.RAISED, 1.0)
    ]
    assert summarized(contradict(one, 1, CenterCounts(1, 0), alarms=1)) == ["alarm_not_known restored"]


@pytest.mark.parametrize(
    ("alarms", "known", "found"),
    [
        pytest.param(1, CenterCounts(1, 0, 1), ["alarm_unattended raised"], id="nobody has it"),
        pytest.param(1, CenterCounts(1, 0, 0), [], id="somebody has it"),
        pytest.param(2, CenterCounts(2, 0, 1), ["alarm_unattended raised"], id="nobody has one of two"),
        pytest.param(0, CenterCounts(1, 0, 1), [], id="the gateway does not say so any more"),
        pytest.param(1, CenterCounts(2, 0, 1), [], id="as many as somebody has"),
        pytest.param(
            1, CenterCounts(0, 0, 0), ["alarm_not_known raised"], id="the center knows of none"
        ),
    ],
)
def test_an_alarm_that_belongs_to_nobody_is_reported_after_three_heartbeats(
    alarms: int, known: CenterCounts, found: list[str]
) -> None:
    one = watch()
    assert contradict(one, BEATS - 1, known, alarms=alarms) == []
    assert summarized(contradict(one, 1, known, alarms=alarms)) == found
    attended = CenterCounts(known.standing or 1, 0, 0)
    over = [each.replace("raised", "restored") for each in found]
    assert summarized(contradict(one, 1, attended, alarms=alarms)) == over


def test_numbers_that_the_center_does_not_hold_are_reported_after_three_heartbeats() -> None:
    one = watch()
    assert summarized(contradict(one, BEATS, CenterCounts(0, 1), last_seq=8)) == [
        "signals_missing raised"
    ]
    assert summarized(contradict(one, 1, HERE, last_seq=8)) == ["signals_missing restored"]


def test_numbers_that_the_disk_of_the_site_refused_are_not_missing() -> None:
    one = watch()
    assert contradict(one, 2 * BEATS, CenterCounts(0, 5), last_seq=8, skipped=5) == []
    assert summarized(contradict(one, BEATS, CenterCounts(0, 6), last_seq=9, skipped=5)) == [
        "signals_missing raised"
    ]


def test_what_still_waits_for_a_receipt_contradicts_nothing() -> None:
    one = watch()
    assert contradict(one, 10, HERE, alarms=1, last_seq=8, depth=1) == []


def test_the_database_is_not_asked_again_about_what_was_agreed() -> None:
    one = watch()
    one.note_heartbeat(0.0, beat(), 0)
    assert one.needs_comparison()
    one.compare(HERE)
    one.note_heartbeat(10.0, beat(), 0)
    assert not one.needs_comparison()
    one.note_heartbeat(20.0, beat(last_seq=8), 0)
    assert one.needs_comparison()


def test_what_is_set_aside_of_a_gateway_is_its_fault_until_all_was_understood_for_a_while() -> None:
    one = watch()
    one.note_quarantined(0.0)
    assert summarized(one.judge_conditions(0.0)) == ["messages_quarantined raised"]
    one.note_quarantined(300.0)
    one.note_received(QUARANTINE_S)
    assert one.judge_conditions(QUARANTINE_S) == []
    one.note_received(300.0 + QUARANTINE_S)
    assert summarized(one.judge_conditions(300.0 + QUARANTINE_S)) == ["messages_quarantined restored"]


def test_a_fault_of_messages_outlives_a_restart_and_ends_in_its_time() -> None:
    one = watch(held={GatewayReason.MESSAGES_QUARANTINED})
    one.note_received(0.0)
    assert one.judge_conditions(1.0) == []
    assert one.due() <= QUARANTINE_S
    one.note_received(QUARANTINE_S)
    assert summarized(one.judge_conditions(QUARANTINE_S)) == ["messages_quarantined restored"]


def test_a_flood_is_a_fault_until_two_minutes_after_its_last_signal_and_outlives_a_restart() -> None:
    one = watch()
    one.note_flood(0.0)
    assert summarized(one.judge_conditions(0.0)) == ["signal_flood raised"]
    one.note_flood(60.0)
    one.note_received(FLOOD_S)
    assert one.judge_conditions(FLOOD_S) == []
    assert one.due() <= 60.0 + FLOOD_S
    one.note_received(60.0 + FLOOD_S)
    assert summarized(one.judge_conditions(60.0 + FLOOD_S)) == ["signal_flood restored"]

    again = watch(held={GatewayReason.SIGNAL_FLOOD})
    again.note_received(FLOOD_S)
    assert summarized(again.judge_conditions(FLOOD_S)) == ["signal_flood restored"]


def test_the_end_of_a_flood_is_due_in_its_time_also_when_the_gateway_went_silent_meanwhile() -> None:
    one = watch()
    one.note_flood(0.0)
    one.judge_conditions(0.0)
    assert one.due() == REPORTING_S
    assert summarized(one.judge_conditions(REPORTING_S)) == ["gateway_silent raised"]
    assert one.due() == FLOOD_S, "its silence holds already, and is not due any more"
    assert summarized(one.judge_conditions(FLOOD_S)) == ["signal_flood restored"]
    assert one.due() == math.inf
    one.note_presence(FLOOD_S, online=False)
    assert one.due() == FLOOD_S + OFFLINE_AFTER_S


def names_inventory(digest: str | None) -> Heartbeat:
    return msgspec.structs.replace(beat(), inventory_digest=digest)


def test_an_inventory_that_two_heartbeats_named_and_that_never_came_is_asked_for() -> None:
    one = watch()
    one.note_heartbeat(0.0, names_inventory("a"), 0)
    assert not one.needs_inventory, "it may have overtaken it"
    one.note_heartbeat(10.0, names_inventory("a"), 0)
    assert one.needs_inventory
    one.note_inventory(11.0, Inventory(v=1, at=0, digest="a"))
    one.note_heartbeat(20.0, names_inventory("a"), 0)
    assert not one.needs_inventory
    for t in (30.0, 40.0):
        one.note_heartbeat(t, names_inventory("b"), 0)
    assert one.needs_inventory, "it has another one now"


def test_an_inventory_that_does_not_come_for_the_reporting_time_is_a_fault_until_it_does() -> None:
    one = watch()
    found: list[GatewayFinding] = []
    for t in range(0, 120, 10):
        one.note_heartbeat(t, names_inventory("a"), 0)
        found += one.judge_conditions(t)
    assert summarized(found) == ["inventory_missing raised"]
    one.note_inventory(121.0, Inventory(v=1, at=0, digest="a"))
    assert summarized(one.judge_conditions(121.0)) == ["inventory_missing restored"]


def test_an_inventory_is_awaited_only_of_a_gateway_that_may_still_send_one() -> None:
    one = watch()
    assert one.may_send_inventory, "nothing was heard of it yet"
    one.note_heartbeat(0.0, names_inventory("a"), 0)
    assert one.may_send_inventory
    one.note_inventory(1.0, Inventory(v=1, at=0, digest="a"))
    assert not one.may_send_inventory
    older = watch()
    older.note_heartbeat(0.0, names_inventory(None), 0)
    assert not older.may_send_inventory, "a gateway that names none sends none"
    lost = watch()
    lost.judge_conditions(REPORTING_S)
    assert not lost.may_send_inventory
