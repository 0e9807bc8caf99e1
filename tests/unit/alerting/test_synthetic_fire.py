"""Rounds of the synthetic fire on virtual time: the hop where one ends, and never a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.decisions.premises_rules import RegistryRules
from alerting.domain.decisions.signal_router import SignalRouter
from alerting.domain.notification.center import CENTER, round_fault
from alerting.domain.rehearsal.synthetic_decision import would_notify
from alerting.domain.watch.synthetic_fire import (
    AGAIN_S,
    BEFORE,
    MISSED,
    REMEMBERED,
    Hop,
    Round,
    RoundWatch,
    percentile,
)
from alerting.domain.watch.synthetic_message import is_own, is_token, round_message, round_token
from alerting.domain.wording.reasons import reason_in_words
from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.registry_snapshot import CenterDetails
from alerting.engine.unrecorded_fires import UnrecordedFires
from alerting.mqtt.waiting_message import WaitingMessage
from alerting.settings import Confirmation, SyntheticFireSettings
from contract.ids import GatewayKey
from contract.messages import Kind, decode_alarm
from contract.names import is_name
from contract.recovered_fires import recover_fires
from contract.times import SECOND
from contract.topics import CENTER_LEVEL, Leaf, Topic, parse_topic
from registry.domain.index import Index
from registry.model.contacts import Contact
from tests.stories.alerting.house import MARKET
from tests.support.texts import IN_ENGLISH, IN_VIETNAMESE
from words.loading import catalogue

EVERY_S = 300.0
SECRET = b"s" * 32
TIMES = {hop: 0.01 * number for number, hop in enumerate(Hop, start=1)}
COMPLETE = Round(1, TIMES)


def lost_at(hop: Hop) -> Round:
    """A round that passed every hop but *hop*, and those that follow it."""
    return Round(1, {each: at for each, at in TIMES.items() if not follows(each, hop)})


def follows(hop: Hop, other: Hop) -> bool:
    return hop is other or (hop in BEFORE and follows(BEFORE[hop], other))


def watch_of(*rounds: Round) -> RoundWatch:
    watch = RoundWatch(EVERY_S, 0.0)
    for number, each in enumerate(rounds, start=1):
        watch.note_round(each, number * EVERY_S)
    return watch


@pytest.mark.parametrize("hop", list(Hop))
def test_a_lost_round_names_the_hop_at_which_it_ended(hop: Hop) -> None:
    assert lost_at(hop).lost_at is hop
    assert lost_at(hop).seconds is None
    assert COMPLETE.lost_at is None


@pytest.mark.parametrize("hop", list(Hop))
def test_two_lost_rounds_are_a_fault_and_the_next_complete_one_restores(hop: Hop) -> None:
    watch = watch_of(COMPLETE, lost_at(hop))
    assert watch.fault(2 * EVERY_S) is None, "one may meet the restart of a broker"
    assert watch.pause_s() == AGAIN_S, "whether it was one is known soon"
    watch.note_round(lost_at(hop), 2 * EVERY_S + AGAIN_S)
    assert watch.fault(2 * EVERY_S + AGAIN_S) is hop
    watch.note_round(COMPLETE, 3 * EVERY_S)
    assert watch.fault(3 * EVERY_S) is None
    assert watch.pause_s() == EVERY_S


def test_a_round_that_never_comes_is_a_fault_after_three_intervals() -> None:
    watch = watch_of(COMPLETE)
    assert watch.fault(EVERY_S + MISSED * EVERY_S - 1) is None
    assert watch.fault(EVERY_S + MISSED * EVERY_S) is Hop.BROKER
    assert RoundWatch(EVERY_S, 0.0).fault(MISSED * EVERY_S) is Hop.BROKER


def test_the_time_of_a_hop_counts_from_the_one_that_it_follows() -> None:
    passed = {
        Hop.BROKER: 0.012,
        Hop.QUEUE: 0.013,
        Hop.DECISION: 0.015,
        Hop.STORED: 0.020,
        Hop.RECEIPT: 0.031,
        Hop.RELAY: 0.021,
        Hop.FEED: 0.041,
    }
    one = Round(1, passed)
    assert one.seconds == pytest.approx(0.041)
    assert one.hop_seconds(Hop.BROKER) == pytest.approx(0.012)
    assert one.hop_seconds(Hop.RECEIPT) == pytest.approx(0.011)
    assert one.hop_seconds(Hop.FEED) == pytest.approx(0.021)
    assert percentile(range(1, 101)) == 95
    assert percentile([]) is None


@given(st.lists(st.sampled_from([None, *Hop]), max_size=600))
def test_what_is_kept_is_bounded_and_a_fault_stands_exactly_after_two_losses(
    courses: list[Hop | None],
) -> None:
    watch = watch_of(*(COMPLETE if each is None else lost_at(each) for each in courses))
    assert len(watch) == min(len(courses), REMEMBERED)
    last_two = courses[-2:]
    expected = last_two[-1] if len(last_two) == 2 and None not in last_two else None
    assert watch.fault(len(courses) * EVERY_S) is expected
    assert watch.lost.total() <= len(watch)


@given(st.integers(1, 2**50), st.text(max_size=64), st.binary(max_size=40))
def test_only_the_center_makes_a_round(at: int, process: str, secret: bytes) -> None:
    token = round_token(process, at, SECRET)
    assert is_own(round_message(token, at), process, SECRET)
    assert is_token(token, process, secret) is (secret == SECRET)
    assert not is_token(token, f"{process}x", SECRET)
    assert not is_own(b"x" + round_message(token, at), process, SECRET)


def test_no_gateway_has_the_name_of_the_center() -> None:
    assert CENTER == CENTER_LEVEL
    assert not is_name(CENTER_LEVEL)
    with pytest.raises(ValueError, match="does not name a premises"):
        parse_topic(Topic(CENTER_LEVEL, "tocsin-alerting", Leaf.ALARM).under("tocsin/v1"), "tocsin/v1")


@given(st.lists(st.integers(1, 2**50), max_size=5, unique=True))
def test_whoever_reads_rounds_as_signals_notifies_nobody(moments: list[int]) -> None:
    """Where a round reached the notices from memory by mistake, none would follow from it."""
    center = Contact(id="command-center", name="Trung tâm", webhook="https://example.org/")
    snapshot = CenterDetails(center, "114", Confirmation()).snapshot(Index(MARKET, version=1))
    fires = UnrecordedFires(snapshot, catalogue(), secret=SECRET)
    for at in moments:
        payload = round_message(round_token("tocsin-alerting", at, SECRET), at)
        alarm = decode_alarm(payload)
        assert [each.kind for each in alarm.signals] == [Kind.TEST]
        assert list(recover_fires(payload)) == []
        assert WaitingMessage(GatewayKey(CENTER_LEVEL, "x"), "", payload, at).is_of_center
        arrived = ArrivedSignals(CENTER_LEVEL, "x", alarm.epoch, 1, alarm.signals, at)
        assert fires.unknown_premises([arrived]) == set()
        assert fires.decide([arrived], at) == []
        assert fires.run_windows(at + 3_600 * SECOND) == []


def test_the_decision_is_that_of_the_registry_in_use() -> None:
    router = SignalRouter(RegistryRules(Index(MARKET, version=1), 300 * SECOND), 10 * SECOND)
    assert would_notify(router, 1_800_000_000 * SECOND)


@pytest.mark.parametrize("hop", list(Hop))
def test_each_hop_has_words(hop: Hop) -> None:
    reason = round_fault(hop, 1).reason
    vi, en = reason_in_words(reason, IN_VIETNAMESE), reason_in_words(reason, IN_ENGLISH)
    assert vi != en
    assert "round_lost" not in vi + en
    assert "_" not in vi + en


def test_rounds_are_switched_off_or_at_least_a_second_apart() -> None:
    assert SyntheticFireSettings().every_s == EVERY_S
    assert SyntheticFireSettings(every_s=0).every_s == 0
    with pytest.raises(ValueError, match="write 0 for none, or at least 1"):
        SyntheticFireSettings(every_s=0.5)
