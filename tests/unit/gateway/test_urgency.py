"""A possible alarm is looked at now; measured values may wait for each other."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.sentences import Sentence, Status, encode
from gateway.domain.detection.switch import SWITCHES
from gateway.domain.supervision.urgency import LineUrgency

ROUTINE = st.builds(
    Sentence,
    address=st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True),
    sequence=st.integers(0, 65_535),
    quantity=st.sampled_from(["smoke", "temperature", "co", "humidity", "manually", "alarms"]),
    value=st.floats(-1e6, 1e6),
    status=st.just(Status.NORMAL),
).map(encode)

URGENT = st.one_of(
    st.builds(
        Sentence,
        address=st.just("call-1"),
        sequence=st.integers(0, 65_535),
        quantity=st.sampled_from(sorted(SWITCHES)),
        value=st.sampled_from([0.0, 1.0, None]),
        status=st.sampled_from(Status),
    ),
    st.builds(
        Sentence,
        address=st.just("smoke-1"),
        sequence=st.just(1),
        quantity=st.just("smoke"),
        value=st.sampled_from([0.02, None]),
        status=st.sampled_from([each for each in Status if each is not Status.NORMAL]),
    ),
    st.just(Sentence("smoke-1", 1, "smoke", None, Status.NORMAL)),
).map(encode)


def cut(data: bytes, ends: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(each % (len(data) + 1) for each in ends)})
    return [data[begin:end] for begin, end in pairwise(places)]


@given(
    st.lists(ROUTINE, max_size=5), URGENT, st.lists(ROUTINE, max_size=5), st.lists(st.integers(0, 999))
)
def test_the_bytes_that_complete_an_urgent_sentence_are_urgent_however_they_are_cut(
    before: list[bytes], urgent: bytes, after: list[bytes], ends: list[int]
) -> None:
    line, read = LineUrgency(), 0
    complete_at = sum(map(len, before)) + len(urgent)
    for chunk in cut(b"".join([*before, urgent, *after]), ends):
        completes = read < complete_at <= read + len(chunk)
        read += len(chunk)
        assert line.is_urgent(chunk) or not completes


@given(st.lists(ROUTINE, min_size=1, max_size=8), st.lists(st.integers(0, 999)))
def test_measured_values_are_routine_however_they_are_cut(
    sentences: list[bytes], ends: list[int]
) -> None:
    line = LineUrgency()
    assert not any(line.is_urgent(chunk) for chunk in cut(b"".join(sentences), ends))


@pytest.mark.parametrize("noise", [b"\n", b"garbage\r\n", bytes(200), b"$TSR,a,1,smoke,1,normal*0000\n"])
def test_damage_is_urgent_and_hides_no_alarm_behind_it(noise: bytes) -> None:
    line = LineUrgency()
    assert line.is_urgent(noise)
    assert line.is_urgent(encode(Sentence("call-1", 1, "manual", 1.0, Status.NORMAL)))


@given(st.lists(st.binary(max_size=300), max_size=30), URGENT)
def test_no_bytes_before_it_make_an_urgent_sentence_wait(noise: list[bytes], urgent: bytes) -> None:
    line = LineUrgency()
    for each in noise:
        line.is_urgent(each)
    assert line.is_urgent(urgent)
