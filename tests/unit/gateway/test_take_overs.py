"""Whoever takes the gateway's connections over is reported by the third time within a minute."""

from contract.messages import Scope
from gateway.domain.model.conditions import ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.supervision.take_overs import SHOWN_S, TakeOverWatch


def said_by(totals: list[tuple[float, int]]) -> list[str]:
    """The signals that follow from *totals* of take-overs by time."""
    watch = TakeOverWatch(ConditionSet(Scope.GATEWAY, "g", ()))
    changes = [each for t, total in totals for each in watch.tick(Moment(round(t * 1e6), t), total)]
    return [f"{each.reason} {each.edge}" for each in changes]


def test_three_within_a_minute_are_one_fault() -> None:
    assert said_by([(1, 1), (20, 2), (50, 3), (51, 4), (52, 9)]) == ["session_taken_over raised"]


def test_many_at_once_are_as_many() -> None:
    assert said_by([(1, 7)]) == ["session_taken_over raised"]


def test_two_within_a_minute_are_none() -> None:
    assert said_by([(1, 2), (62, 3), (123, 4)]) == []


def test_the_fault_ends_ten_minutes_after_the_last() -> None:
    totals = [(1.0, 3), (SHOWN_S / 2, 4), (SHOWN_S, 4), (SHOWN_S * 1.5, 4), (SHOWN_S * 2, 4)]
    assert said_by(totals) == ["session_taken_over raised", "session_taken_over restored"]
