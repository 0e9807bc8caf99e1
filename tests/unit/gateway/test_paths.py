"""Paths: which one is taken, and when one is lost."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Edge, Kind, Scope
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason
from gateway.domain.uplink.path_choice import PathChoice
from gateway.domain.uplink.path_watch import PathState, PathTimings, PathWatch

THRESHOLDS = PathTimings(silent_after_s=90.0, settle_s=60.0, unresponsive_after_s=1.0)


def at(t: float) -> Moment:
    return Moment(int(t * 1e6), t)


def two() -> tuple[PathWatch, PathWatch, PathChoice]:
    fibre, radio = (PathWatch(name, THRESHOLDS, since=at(0.0)) for name in ("fibre", "radio"))
    return fibre, radio, PathChoice([fibre, radio])


def told(changes: Iterable[ConditionChange]) -> list[tuple[str, Edge, str]]:
    assert all((each.kind, each.scope) == (Kind.FAULT, Scope.PATH) for each in changes)
    return [(each.name, each.edge, each.reason) for each in changes]


def test_the_first_path_that_is_up_is_taken_in_the_order_of_preference() -> None:
    fibre, radio, choice = two()
    assert choice.choose_path(0.0) is None
    radio.set_connected(0.1, up=True)
    assert choice.choose_path(0.1) is radio
    # It was slower to connect at the start, and has never broken.
    fibre.set_connected(0.4, up=True)
    assert choice.choose_path(0.4) is fibre


def test_a_path_that_broke_is_taken_again_only_when_it_has_been_up_for_a_while() -> None:
    fibre, radio, choice = two()
    for path in (fibre, radio):
        path.set_connected(0.0, up=True)
    assert choice.choose_path(1.0) is fibre
    fibre.set_connected(100.0, up=False)
    assert choice.choose_path(100.0) is radio
    fibre.set_connected(110.0, up=True)
    assert choice.choose_path(169.9) is radio
    fibre.set_connected(169.9, up=False)
    fibre.set_connected(170.0, up=True)
    assert choice.choose_path(229.9) is radio
    assert choice.choose_path(230.0) is fibre


def test_a_path_that_owes_an_answer_is_passed_over_unless_it_is_the_only_one() -> None:
    fibre, radio, choice = two()
    fibre.set_connected(0.0, up=True)
    fibre.note_request(10.0)
    assert (fibre.state(11.0), fibre.state(11.1)) == (PathState.UP, PathState.UNRESPONSIVE)
    assert choice.choose_path(11.1) is fibre
    radio.set_connected(12.0, up=True)
    assert choice.choose_path(12.0) is radio
    fibre.note_answer(13.0)
    assert choice.choose_path(13.0) is radio
    assert choice.choose_path(73.0) is fibre


def test_a_path_that_is_away_for_longer_than_a_reconnection_takes_is_lost() -> None:
    fibre, *_ = two()
    fibre.set_connected(0.0, up=True)
    fibre.set_connected(10.0, up=False)
    fibre.set_connected(14.0, up=True)
    assert not fibre.tick(at(14.0))
    fibre.set_connected(20.0, up=False)
    assert not fibre.tick(at(25.0))
    assert told(fibre.tick(at(25.1))) == [("fibre", Edge.RAISED, SignalReason.PATH_LOST)]
    assert not fibre.tick(at(26.0))
    fibre.set_connected(30.0, up=True)
    assert told(fibre.tick(at(30.0))) == [("fibre", Edge.RESTORED, SignalReason.PATH_LOST)]


@pytest.mark.parametrize(("name", "seconds"), [("fibre", 90.0), ("radio", 20.0)])
def test_a_connected_path_over_which_nothing_comes_back_is_lost_after_its_reporting_time(
    name: str, seconds: float
) -> None:
    path = PathWatch(name, PathTimings(seconds, 60.0, 1.0), since=at(0.0))
    path.set_connected(0.0, up=True)
    assert not path.tick(at(1_000.0))  # nothing was asked, so nothing is missing
    path.note_request(1_000.0)
    path.note_request(1_010.0)
    assert not path.tick(at(1_000.0 + seconds))
    assert told(path.tick(at(1_000.1 + seconds))) == [(name, Edge.RAISED, SignalReason.PATH_LOST)]
    path.note_answer(1_200.0)
    assert told(path.tick(at(1_200.0))) == [(name, Edge.RESTORED, SignalReason.PATH_LOST)]


def test_a_path_that_never_was_there_is_lost_too() -> None:
    fibre, *_ = two()
    assert told(fibre.tick(at(6.0))) == [("fibre", Edge.RAISED, SignalReason.PATH_LOST)]


def test_a_path_that_was_lost_before_a_restart_is_not_reported_twice() -> None:
    path = PathWatch("fibre", THRESHOLDS, since=at(0.0), held=[(Kind.FAULT, SignalReason.PATH_LOST)])
    assert not path.tick(at(6.0))
    path.set_connected(7.0, up=True)
    assert not path.tick(at(7.0))  # it may have been another fault: that is known a minute later
    assert told(path.conditions.end_from_before_restart(at(60.0))) == [
        ("fibre", Edge.RESTORED, SignalReason.PATH_LOST)
    ]


events = st.lists(
    st.tuples(st.floats(0.0, 50.0), st.integers(0, 1), st.sampled_from(["up", "down", "ask", "answer"])),
    max_size=60,
)


@given(events)
def test_a_live_path_is_always_taken_and_a_live_one_is_left_only_for_a_steady_better_one(
    story: list[tuple[float, int, str]],
) -> None:
    fibre, radio, choice = two()
    paths = (fibre, radio)
    now, taken = 0.0, []
    for seconds, which, what in story:
        now += seconds
        if what in {"up", "down"}:
            paths[which].set_connected(now, up=what == "up")
        elif what == "ask":
            paths[which].note_request(now)
        else:
            paths[which].note_answer(now)
        chosen = choice.choose_path(now)
        live = [each for each in paths if each.state(now) is PathState.UP]
        assert chosen in live if live else chosen is None or chosen.state(now) is PathState.UNRESPONSIVE
        taken.append((chosen, radio in live, fibre.is_steady(now)))
    for (before, *_), (after, radio_lives, fibre_is_steady) in pairwise(taken):
        if before is radio and after is fibre and radio_lives:
            assert fibre_is_steady
