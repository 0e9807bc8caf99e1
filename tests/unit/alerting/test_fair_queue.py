"""Requirements on the order in which gateways are served."""

from collections import Counter, defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.fairness.fair_queue import TURN, Admission, FairQueue, QueueBounds
from alerting.domain.fairness.work_costs import FIRST_GUESS_S, WorkCosts

ROOMY = QueueBounds(items=10_000, size=10_000_000, size_of_all=100_000_000)


def queue(bounds: QueueBounds = ROOMY) -> FairQueue[str, int]:
    return FairQueue(bounds)


def served(one: FairQueue[str, int], most: int = 100_000) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    while len(found) < most and (taken := one.take_next()) is not None:
        found.append(taken)
    return found


def test_a_storm_serves_two_messages_of_each_gateway_before_the_third_of_any() -> None:
    one = queue()
    for number in range(10_000):
        one.add_item(f"gw-{number // 20}", number % 20, size=1)

    order = [number for _, number in served(one)]
    assert order == [turn + item for turn in range(0, 20, 2) for _ in range(500) for item in (0, 1)]


def test_a_gateway_that_was_idle_does_not_wait_for_the_end_of_a_turn() -> None:
    one = queue()
    for number in range(10):
        one.add_item("flood", number, size=1)
    served(one, most=3)
    one.add_item("call point", 1, size=1)

    assert served(one, most=3) == [("call point", 1), ("flood", 3), ("flood", 4)]


def test_a_gateway_that_was_idle_is_served_before_one_that_floods() -> None:
    one = queue()
    for number in range(1_000):
        one.add_item("flood", number, size=1)
    served(one, most=10)
    one.add_item("call point", 1, size=1)

    assert served(one, most=1) == [("call point", 1)]


def test_a_gateway_that_always_has_one_message_does_not_starve_the_others() -> None:
    one = queue()
    for number in range(100):
        one.add_item("backlog", number, size=1)
    order = []
    for number in range(200):
        one.add_item("drip", number, size=1)
        order.append(served(one, most=1)[0][0])

    assert 100 <= order.count("backlog") <= 101


def test_the_rest_of_a_message_comes_before_what_follows_it_and_after_the_others() -> None:
    one = queue()
    for item in (1, 2):
        one.add_item("long", item, size=1)
    one.add_item("short", 1, size=1)
    assert one.take_next() == ("long", 1)
    one.return_rest("long", 11, size=1)

    assert served(one) == [("short", 1), ("long", 11), ("long", 2)]


def test_a_gateway_is_passed_over_and_keeps_its_turn() -> None:
    one = queue()
    for flow in ("a", "b"):
        one.add_item(flow, 1, size=1)

    assert one.take_next(passing_over={"a"}) == ("b", 1)
    assert one.take_next(passing_over={"a"}) is None
    assert one.take_next() == ("a", 1)


def test_a_full_gateway_takes_no_room_of_others() -> None:
    one = queue(QueueBounds(items=3, size=100, size_of_all=1_000))
    came = [one.add_item("flood", number, size=1) for number in range(5)]
    assert came == [Admission.QUEUED] * 3 + [Admission.FLOW_FULL] * 2
    assert one.add_item("other", 1, size=1) is Admission.QUEUED


def test_the_largest_gateway_makes_room_for_the_others() -> None:
    one = queue(QueueBounds(items=100, size=100, size_of_all=100))
    for number in range(10):
        one.add_item("flood", number, size=10)
    assert one.add_item("flood", 10, size=10) is Admission.FLOW_FULL
    assert one.add_item("call point", 1, size=10) is Admission.QUEUED
    assert one.displaced == 5
    assert ("call point", 1) in served(one, most=TURN + 1)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from("abcd"), st.integers(1, 40)),
            st.sampled_from([None, "rest"]),
        ),
        max_size=200,
    )
)
def test_any_history_loses_nothing_uncounted_and_keeps_the_order_of_each_gateway(
    history: list[tuple[str, int] | str | None],
) -> None:
    bounds = QueueBounds(items=5, size=100, size_of_all=150)
    one = queue(bounds)
    added, taken, returned = Counter[str](), defaultdict[str, list[int]](list), 0
    for number, step in enumerate(history):
        if isinstance(step, tuple):
            if one.add_item(step[0], number, size=step[1]) is Admission.QUEUED:
                added[step[0]] += 1
        elif (found := one.take_next()) is not None:
            if step == "rest":
                one.return_rest(*found, size=1)
                returned += 1
            else:
                taken[found[0]].append(found[1])
        assert one.size <= bounds.size_of_all
    for flow, number in served(one):
        taken[flow].append(number)

    assert all(numbers == sorted(numbers) for numbers in taken.values())
    assert sum(map(len, taken.values())) + one.displaced == added.total()
    assert (len(one), one.size) == (0, 0)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 30), min_size=1))
def test_between_two_messages_of_a_gateway_each_other_has_at_most_a_turn(counts: dict[str, int]) -> None:
    one = queue()
    for flow, count in counts.items():
        for number in range(count):
            one.add_item(flow, number, size=1)
    order = [flow for flow, _ in served(one)]
    for flow in counts:
        turns = [at for at, each in enumerate(order) if each == flow]
        for begin, end in pairwise(turns):
            assert max(Counter(order[begin + 1 : end]).values(), default=0) <= TURN


def test_the_cost_of_a_gateway_follows_its_own_groups() -> None:
    costs = WorkCosts[str]()
    assert costs.cost_of("new") == FIRST_GUESS_S
    for _ in range(20):
        costs.note_group({"dear": 10}, 1.0)
        costs.note_group({"cheap": 10}, 0.01)

    assert round(costs.cost_of("dear"), 2) == 0.1
    assert round(costs.cost_of("cheap"), 3) == 0.001


def test_one_dear_signal_says_little_about_those_of_other_gateways() -> None:
    costs = WorkCosts[str]()
    costs.note_group({"first after the start": 1}, 0.04)
    assert costs.cost_of("another") < 2 * FIRST_GUESS_S
    for _ in range(20):
        costs.note_group({"dear": 25, "as dear": 25}, 2.0)
    assert round(costs.cost_of("another"), 2) == 0.04
