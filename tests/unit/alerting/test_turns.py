"""On a channel that sends one message at a time the premises take turns, whatever each of them has."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.notification.turns import KEPT, Turns


@dataclass(frozen=True)
class Waiting:
    premises: str
    rank: int = 0
    since: int = 0


def test_what_is_more_urgent_goes_first_whoever_was_served_last() -> None:
    waiting = [Waiting("cho", rank=0), Waiting("chua", rank=1)]
    assert Turns(("cho",)).next_of(waiting) == "cho"


def test_a_premises_that_was_never_served_goes_before_one_that_was() -> None:
    assert Turns(("cho",)).next_of([Waiting("cho", since=1), Waiting("chua", since=2)]) == "chua"


def test_of_premises_that_were_never_served_the_one_that_waits_longest_goes_first() -> None:
    assert Turns().next_of([Waiting("cho", since=2), Waiting("chua", since=1)]) == "chua"


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6))
def test_between_two_messages_of_a_premises_each_other_that_waits_has_one(counts: list[int]) -> None:
    left = {f"p{number}": count for number, count in enumerate(counts)}
    turns, last_seen = Turns(), dict[str, set[str]]()
    while any(left.values()):
        waiting = [each for each, count in left.items() if count]
        served = turns.next_of(Waiting(each) for each in waiting)
        assert set(waiting) - {served} <= last_seen.get(served, set(waiting))
        for others in last_seen.values():
            others.add(served)
        last_seen[served] = set()
        left[served] -= 1
        turns = turns.after(served)


def test_the_memory_of_turns_is_bounded() -> None:
    turns = Turns()
    for number in range(KEPT + 5):
        turns = turns.after(f"p{number}")
    assert len(turns.served) == KEPT
