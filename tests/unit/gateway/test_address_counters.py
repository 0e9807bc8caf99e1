"""Two detectors at one address are noticed; one that restarts, on a bad line, is not taken for two."""

from collections.abc import Iterable, Iterator
from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.sentences import SEQUENCE_MODULUS, Sentence, Status
from gateway.domain.points.address_counters import AddressCounters

WITHIN_S = 60.0
REPORTING_S = 300.0

Heard = tuple[float, Sentence]


def sentences(
    begins: int, *, every_s: float, phase: float, random: Random, until_s: float = 120.0
) -> Iterator[Heard]:
    """Return the sentences of one detector until then, of air that is never quite the same."""
    t = phase * every_s
    for number in count(begins):
        if t > until_s:
            return
        value = round(20 + random.gauss(0, 0.5), 3)
        yield t, Sentence("a", number % SEQUENCE_MODULUS, "temperature", value, Status.NORMAL)
        t += every_s * random.uniform(0.98, 1.02)


def together(*detectors: Iterable[Heard]) -> list[Heard]:
    return sorted((each for one in detectors for each in one), key=lambda each: each[0])


def lossy(heard: Iterable[Heard], share: float, random: Random) -> list[Heard]:
    return [each for each in heard if random.random() >= share]


def noticed_at(heard: Iterable[Heard], window_s: float = REPORTING_S) -> float | None:
    """Return the time at which a second detector was noticed."""
    counters = AddressCounters(window_s)
    for t, sentence in heard:
        counters.count_sentence(sentence, t)
        if counters.duplicate:
            return t
    return None


counters_apart = st.integers(min_value=100, max_value=SEQUENCE_MODULUS - 100)
phases = st.floats(min_value=0.0, max_value=0.99)


@given(
    begins=st.integers(0, SEQUENCE_MODULUS - 1),
    apart=counters_apart,
    every_s=st.sampled_from([0.5, 1.0, 2.0, 5.0]),
    rate=st.sampled_from([0.7, 1.0, 1.5, 2.0]),
    phase=st.tuples(phases, phases),
    random=st.integers(0, 2**32).map(Random),
)
def test_two_counters_are_noticed_within_a_minute(
    *,
    begins: int,
    apart: int,
    every_s: float,
    rate: float,
    phase: tuple[float, float],
    random: Random,
) -> None:
    one = sentences(begins, every_s=every_s, phase=phase[0], random=random)
    other = sentences(begins + apart, every_s=every_s * rate, phase=phase[1], random=random)
    at = noticed_at(together(one, other))
    assert at is not None
    assert at <= WITHIN_S


@given(
    begins=st.integers(0, SEQUENCE_MODULUS - 1),
    apart=st.integers(0, SEQUENCE_MODULUS - 1),
    every_s=st.sampled_from([0.5, 1.0]),
    phase=st.tuples(phases, phases),
    loss=st.floats(min_value=0.0, max_value=0.3),
    random=st.integers(0, 2**32).map(Random),
)
def test_two_counters_are_noticed_on_a_lossy_line_however_near_they_are(
    *,
    begins: int,
    apart: int,
    every_s: float,
    phase: tuple[float, float],
    loss: float,
    random: Random,
) -> None:
    one = sentences(begins, every_s=every_s, phase=phase[0], random=random)
    other = sentences(begins + apart, every_s=every_s, phase=phase[1], random=random)
    at = noticed_at(lossy(together(one, other), loss, random))
    assert at is not None
    assert at <= WITHIN_S


@given(
    begins=st.integers(0, SEQUENCE_MODULUS - 1),
    again=st.integers(0, SEQUENCE_MODULUS - 1),
    restarts_s=st.floats(min_value=0.0, max_value=120.0),
    loss=st.floats(min_value=0.0, max_value=0.5),
    repeated=st.floats(min_value=0.0, max_value=0.5),
    random=st.integers(0, 2**32).map(Random),
)
def test_a_detector_that_restarts_on_a_bad_line_is_not_two(
    *,
    begins: int,
    again: int,
    restarts_s: float,
    loss: float,
    repeated: float,
    random: Random,
) -> None:
    before = sentences(begins, every_s=1.0, phase=0.0, random=random, until_s=restarts_s)
    after = (
        (restarts_s + t, said) for t, said in sentences(again, every_s=1.0, phase=0.5, random=random)
    )
    heard = [
        each
        for one in lossy([*before, *after], loss, random)
        for each in ([one, one] if random.random() < repeated else [one])
    ]
    assert noticed_at(heard) is None


@given(
    begins=st.integers(0, SEQUENCE_MODULUS - 1),
    loss=st.floats(min_value=0.0, max_value=0.3),
    swapped=st.floats(min_value=0.0, max_value=0.2),
    random=st.integers(0, 2**32).map(Random),
)
def test_sentences_that_arrive_in_another_order_are_not_of_two(
    begins: int, loss: float, swapped: float, random: Random
) -> None:
    heard = lossy(sentences(begins, every_s=1.0, phase=0.0, random=random), loss, random)
    for place in range(len(heard) - 3):
        if random.random() < swapped:
            other = place + random.randint(1, 3)
            heard[place], heard[other] = heard[other], heard[place]
    assert noticed_at(heard) is None


def test_three_at_one_address_are_noticed_too() -> None:
    random = Random(1)
    three = [
        sentences(begins, every_s=2.0, phase=phase, random=random)
        for begins, phase in ((7, 0.0), (30_000, 0.3), (50_000, 0.6))
    ]
    assert noticed_at(together(*three)) is not None


def test_two_detectors_switched_on_together_are_told_apart_by_their_values() -> None:
    random = Random(2)
    both = [sentences(0, every_s=2.0, phase=phase, random=random) for phase in (0.1, 0.6)]
    assert noticed_at(together(*both)) is not None


@pytest.mark.parametrize("left_s", [REPORTING_S, 30.0])
def test_it_is_over_when_one_of_the_two_was_gone_for_its_reporting_time(left_s: float) -> None:
    random = Random(3)
    counters = AddressCounters(left_s)
    pair = [
        sentences(begins, every_s=1.0, phase=phase, random=random)
        for begins, phase in ((0, 0.0), (9_000, 0.5))
    ]
    for t, sentence in together(*pair):
        counters.count_sentence(sentence, t)
    alone = sentences(121, every_s=1.0, phase=0.0, random=random, until_s=400.0)
    window = max(60.0, left_s)
    for t, sentence in alone:
        counters.count_sentence(sentence, 121.0 + t)
        counters.tick(121.0 + t)
        assert counters.duplicate or 121.0 + t > 120.0 + window - 2.0
    assert not counters.duplicate


def test_only_real_gaps_are_counted_as_missed() -> None:
    counters = AddressCounters(REPORTING_S)
    for t, number in enumerate((5, 6, 9, 8, 9_000, 10, 9_001, 11, 9_002)):
        counters.count_sentence(Sentence("a", number, "smoke", 0.1 * t, Status.NORMAL), float(t))
    assert counters.missed_sentences == 1, (
        "7 never came; what the second one seemed to leap over was never sent"
    )


def test_an_outage_is_counted_however_long_it_was() -> None:
    counters = AddressCounters(REPORTING_S)
    for t, number in ((0.0, 5), (3_600.0, 3_605), (3_601.0, 3_606)):
        counters.count_sentence(Sentence("a", number, "smoke", 0.1, Status.NORMAL), t)
    assert counters.missed_sentences == 3_599
