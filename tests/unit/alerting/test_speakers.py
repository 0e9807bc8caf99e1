"""Heartbeats tell two speakers of one name apart, and new ones from those that somebody repeats."""

from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.watch.gateways import TAMPER_S, GatewayReason, GatewayWatch
from alerting.domain.watch.speakers import (
    CURRENT_S,
    MOST_AHEAD,
    RETURNS_WITHIN_S,
    HeartbeatVerdict,
    Speakers,
)
from contract.messages import Heartbeat, LaneState
from contract.times import SECOND

START = 1_795_464_785 * SECOND
KEY = "21fe31dfa154a261"


def beat(number: int, *, run: str | None = "a", at_s: float = 0.0, taken_over: int = 0) -> Heartbeat:
    lane = LaneState(epoch="e1", depth=0, oldest_age_s=0.0, last_seq=0)
    at = START + round(at_s * SECOND)
    return Heartbeat(
        v=1, at=at, alarm=lane, telemetry=lane, run=run, number=number, taken_over=taken_over
    )


def judge(
    speakers: Speakers, one: Heartbeat, t: float = 0.0, *, key_id: str | None = KEY
) -> HeartbeatVerdict:
    return speakers.judge(one, t, received_at=START + round(t * SECOND), key_id=key_id)


def verdicts(*beats: Heartbeat, key_id: str | None = KEY) -> list[str]:
    speakers = Speakers()
    return [judge(speakers, each, key_id=key_id).value for each in beats]


def test_a_number_that_does_not_rise_was_heard_before() -> None:
    assert verdicts(beat(1), beat(2), beat(2), beat(1), beat(5)) == [
        *("current", "current", "replayed", "replayed", "current")
    ]


def test_numbers_that_nobody_signed_are_not_believed() -> None:
    """Else whoever has the password could silence the gateway with one far number."""
    assert verdicts(beat(2**53), beat(2), key_id=None) == ["current", "current"]


def test_a_number_far_ahead_silences_nobody() -> None:
    assert verdicts(beat(1), beat(2 + MOST_AHEAD), beat(2)) == ["current", "number_leapt", "current"]


def test_a_restart_is_one_speaker() -> None:
    speakers = Speakers()
    for number, run in enumerate("aaabbbccc", start=1):
        assert judge(speakers, beat(number, run=run), float(number)) is HeartbeatVerdict.CURRENT
        assert not speakers.are_two(float(number))


def test_a_run_that_speaks_again_twice_is_a_second_speaker_for_ten_minutes() -> None:
    speakers = Speakers()
    for number, run in enumerate("abab", start=1):
        judge(speakers, beat(number, run=run), float(number))
    assert speakers.are_two(4.0)
    assert not speakers.are_two(4.0 + RETURNS_WITHIN_S)


def test_programs_without_runs_are_told_apart_by_their_outboxes() -> None:
    speakers = Speakers()
    other = LaneState(epoch="zzz", depth=0, oldest_age_s=0.0, last_seq=0)
    for number in range(1, 4):
        judge(speakers, beat(number, run=None), float(number), key_id=None)
        thief = Heartbeat(v=1, at=START, alarm=other, telemetry=other)
        judge(speakers, thief, float(number), key_id=None)
    assert speakers.are_two(3.0)


def test_replays_of_an_old_run_are_no_second_speaker_and_no_sign_of_life() -> None:
    old = [beat(number, run="old", at_s=number) for number in range(1, 5)]
    speakers = Speakers()
    for each in old:
        judge(speakers, each, each.number)
    new = [beat(number, run="new", at_s=10.0 + number) for number in range(1, 9)]
    for one, again in zip(new, old * 2, strict=True):
        assert judge(speakers, one, 10.0 + one.number) is HeartbeatVerdict.CURRENT
        assert judge(speakers, again, 10.0 + one.number) is HeartbeatVerdict.REPLAYED
    assert not speakers.are_two(20.0)


def test_a_run_that_the_center_never_heard_counts_only_if_it_is_of_now_or_later() -> None:
    speakers = Speakers()
    judge(speakers, beat(1, run="new", at_s=5_000.0), 5_000.0)
    withheld = beat(1, run="withheld", at_s=5_000.0 - 2 * CURRENT_S)
    assert judge(speakers, withheld, 5_000.0) is HeartbeatVerdict.OLD_RUN
    assert judge(speakers, beat(1, run="next", at_s=5_001.0), 5_001.0) is HeartbeatVerdict.CURRENT


def test_after_a_revocation_the_number_of_the_old_key_counts_no_more() -> None:
    speakers = Speakers()
    judge(speakers, beat(2**53), key_id="0" * 16)
    assert judge(speakers, beat(1)) is HeartbeatVerdict.CURRENT


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 6)), max_size=40))
def test_no_signed_heartbeat_ever_counts_twice(said: list[tuple[str, int]]) -> None:
    speakers, counted = Speakers(), set[tuple[str, int]]()
    for run, number in said:
        if judge(speakers, beat(number, run=run)) is HeartbeatVerdict.CURRENT:
            assert (run, number) not in counted
            counted.add((run, number))


# What the watch of a gateway makes of it


def watch() -> GatewayWatch:
    return GatewayWatch(0.0, reporting_s=90.0, was_heard=True)


def reasons(one: GatewayWatch, t: float) -> set[str]:
    return {each.reason for each in one.judge_conditions(t)}


def test_of_a_gateway_that_signs_only_heartbeats_are_signs_of_life() -> None:
    one = watch()
    one.require_signatures()
    one.note_heartbeat(0.0, beat(1), START, key_id=KEY)
    for t in range(1, 90):
        one.note_presence(float(t), online=True)
        one.note_received(float(t))
        one.note_quarantined(float(t))
        one.note_flood(float(t))
        one.note_heartbeat(float(t), beat(1), START, key_id=KEY)
    assert GatewayReason.GATEWAY_SILENT in reasons(one, 90.0)


def test_three_wills_within_a_minute_are_a_taken_connection() -> None:
    one = watch()
    for t in (1.0, 30.0, 59.0):
        assert GatewayReason.CONNECTION_TAKEN_OVER not in reasons(one, t)
        one.note_presence(t, online=False)
        one.note_presence(t, online=True)
    assert GatewayReason.CONNECTION_TAKEN_OVER in reasons(one, 59.0)
    assert GatewayReason.CONNECTION_TAKEN_OVER in reasons(one, 59.0 + TAMPER_S)  # over


def test_three_wills_within_three_minutes_are_a_bad_line() -> None:
    one = watch()
    for t in (1.0, 62.0, 123.0):
        one.note_presence(t, online=False)
        one.note_presence(t, online=True)
        assert GatewayReason.CONNECTION_TAKEN_OVER not in reasons(one, t)


def test_the_count_of_the_gateway_says_the_same() -> None:
    one = watch()
    one.note_heartbeat(0.0, beat(1, taken_over=2), START)
    assert GatewayReason.CONNECTION_TAKEN_OVER not in reasons(one, 0.0)
    one.note_heartbeat(10.0, beat(2, taken_over=3), START)
    assert GatewayReason.CONNECTION_TAKEN_OVER in reasons(one, 10.0)


def test_a_first_heartbeat_that_counts_those_of_long_ago_says_nothing() -> None:
    """The center started anew: what the gateway counted before may be of yesterday."""
    one = watch()
    one.note_heartbeat(0.0, beat(500, taken_over=40), START)
    assert GatewayReason.CONNECTION_TAKEN_OVER not in reasons(one, 0.0)
