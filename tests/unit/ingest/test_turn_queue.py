"""Requirements on the queue that serves senders in turns."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.turn_queue import TurnQueue

items = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 50)), max_size=60)


def filled(things: list[tuple[str, int]], share: int = 10) -> TurnQueue[str, tuple[str, int]]:
    queue: TurnQueue[str, tuple[str, int]] = TurnQueue(share)
    for number, (sender, size) in enumerate(things):
        queue.add(sender, (sender, number), size=size)
    return queue


def drained(queue: TurnQueue[str, tuple[str, int]]) -> list[tuple[str, int]]:
    taken = []
    while (item := queue.take()) is not None:
        taken.append(item)
    return taken


@given(items)
def test_each_item_comes_out_once_and_those_of_a_sender_in_their_order(
    things: list[tuple[str, int]],
) -> None:
    queue = filled(things)
    taken = drained(queue)
    assert sorted(number for _, number in taken) == list(range(len(things)))
    for sender in "abcd":
        own = [number for by, number in taken if by == sender]
        assert own == sorted(own)
    assert (bool(queue), queue.size) == (False, 0)


@given(st.integers(1, 200), st.integers(1, 20))
def test_a_sender_of_one_item_waits_for_one_turn_of_each_other_whatever_they_have(
    many: int, size: int
) -> None:
    queue = filled([("a", size)] * many + [("b", size)] * many + [("c", 10)])
    before = [sender for sender, _ in drained(queue)].index("c")
    assert before * size <= 2 * (10 + size)


@given(items, st.integers(1, 60))
def test_nothing_larger_than_asked_for_is_taken(things: list[tuple[str, int]], most: int) -> None:
    queue = filled(things)
    sizes = [size for _, size in things]
    while (item := queue.take(most)) is not None:
        assert sizes[item[1]] <= most
    assert not queue or any(size > most for size in sizes)


@given(items, st.integers(0, 100))
def test_room_is_made_by_the_latest_of_the_sender_of_whom_most_waits(
    things: list[tuple[str, int]], at_least: int
) -> None:
    queue = filled(things)
    while queue:
        waiting = {sender: queue.size_of(sender) for sender in "abcd"}
        displaced = queue.displace(at_least=at_least)
        if displaced is None:
            assert max(waiting.values()) <= at_least
            return
        assert waiting[displaced[0]] == max(waiting.values())


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 9), st.booleans()), max_size=300))
def test_the_size_of_each_sender_is_that_of_what_waits(
    steps: list[tuple[str, int, bool]],
) -> None:
    queue: TurnQueue[str, tuple[str, int]] = TurnQueue(5)
    waiting = dict.fromkeys("abcd", 0)
    for sender, size, takes in steps:
        if takes:
            taken = queue.take() if size % 2 else queue.displace(at_least=0)
            if taken is not None:
                waiting[taken[0]] -= taken[1]
        else:
            queue.add(sender, (sender, size), size=size)
            waiting[sender] += size
        assert {each: queue.size_of(each) for each in "abcd"} == waiting
        assert queue.size == sum(waiting.values())
