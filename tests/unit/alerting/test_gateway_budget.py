"""Requirements on the budget of a gateway: a first fire passes, and nothing is refused for good."""

from dataclasses import dataclass
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.fairness.gateway_budget import (
    ASKED_AGAIN_S,
    BURNING_S,
    BudgetRates,
    BudgetVerdict,
    GatewayBudget,
)
from alerting.domain.fairness.lending import Lending, LendingRates
from alerting.domain.fairness.token_bucket import Rate, TokenBucket
from alerting.settings import IntakeLimits
from contract.messages import Edge, Kind, Scope, Signal

SMALL = BudgetRates(
    signals=Rate(10, 1.0), bytes=Rate(10_000, 100.0), new_points=Rate(3, 0.1), epochs=Rate(2, 0.01)
)


def signal(name: str, kind: Kind = Kind.FIRE, edge: Edge = Edge.RAISED) -> Signal:
    return Signal(
        seq=1,
        kind=kind,
        edge=edge,
        scope=Scope.POINT,
        name=name,
        reason="smoke_above_alarm",
        changed_at=1,
        committed_at=1,
    )


@dataclass
class Judged:
    """A budget that is asked about signals one after the other."""

    budget: GatewayBudget
    now: float = 0.0

    def signal(
        self,
        name: str,
        kind: Kind = Kind.FIRE,
        edge: Edge = Edge.RAISED,
        *,
        registered: bool = True,
        epoch: str = "e1",
        size: int = 250,
    ) -> BudgetVerdict:
        return self.budget.judge_signal(
            signal(name, kind, edge), epoch=epoch, size=size, registered=registered, now=self.now
        )

    def use_up(self) -> None:
        while self.signal("chatter", Kind.FAULT).passes:
            pass


NOTHING = LendingRates(per_second=1e-9, each=1)
"""Rates of a center that has nothing to spare."""


def busy() -> Lending:
    lending = Lending(NOTHING, 0.0)
    lending.take_one(0.0)
    lending.others_wait = True
    return lending


def judged(rates: BudgetRates = SMALL, lending: Lending | None = None) -> Judged:
    return Judged(GatewayBudget(rates, lending or busy(), 0.0))


def test_a_panel_of_2000_points_may_go_into_fire_and_be_restored_at_once() -> None:
    one = judged(IntakeLimits().budget)
    points = [f"smoke-{number}" for number in range(2_000)]
    for edge in (Edge.RAISED, Edge.RESTORED):
        assert {one.signal(point, edge=edge) for point in points} == {BudgetVerdict.WITHIN_BUDGET}


def test_beyond_the_budget_a_signal_waits_until_there_are_tokens() -> None:
    one = judged()
    one.use_up()
    assert one.signal("chatter", Kind.FAULT) is BudgetVerdict.TOO_MANY_SIGNALS
    one.now += 1.0
    assert one.signal("chatter", Kind.FAULT) is BudgetVerdict.WITHIN_BUDGET


def test_beyond_the_budget_the_first_fire_of_each_registered_point_passes_and_no_second() -> None:
    one = judged()
    one.use_up()
    assert one.signal("smoke-01") is BudgetVerdict.FIRST_FIRE
    assert one.signal("smoke-02") is BudgetVerdict.FIRST_FIRE
    assert one.signal("smoke-01") is BudgetVerdict.TOO_MANY_SIGNALS


def test_a_fire_is_a_first_one_again_after_its_restoration_or_a_minute() -> None:
    one = judged()
    one.signal("smoke-01")
    one.signal("smoke-01", edge=Edge.RESTORED)
    one.use_up()
    assert one.signal("smoke-01") is BudgetVerdict.FIRST_FIRE
    assert not one.signal("smoke-01", edge=Edge.RESTORED).passes
    assert not one.signal("smoke-01").passes, "a restoration that was not stored changes nothing"
    one.now += BURNING_S
    one.use_up()
    assert one.signal("smoke-01") is BudgetVerdict.FIRST_FIRE


def test_of_made_up_points_so_many_pass_and_then_one_a_minute() -> None:
    one = judged()
    said = [one.signal(f"made-up-{number}", registered=False) for number in range(6)]
    assert said == [BudgetVerdict.WITHIN_BUDGET] * 3 + [BudgetVerdict.TOO_MANY_NEW_POINTS] * 3
    assert one.signal("made-up-0", registered=False) is BudgetVerdict.WITHIN_BUDGET
    one.now += BURNING_S
    one.use_up()
    said = [one.signal(f"another-{number}", registered=False) for number in range(3)]
    assert [each.passes for each in said] == [True, False, False]


def test_the_first_fire_of_a_site_that_nobody_registered_passes_whatever_came_before() -> None:
    one = judged()
    for number in range(4):
        one.signal(f"made-up-{number}", Kind.FAULT, registered=False)
    one.use_up()
    assert one.signal("button", registered=False) is BudgetVerdict.FIRST_FIRE


def test_a_new_epoch_with_each_message_is_beyond_the_budget_and_the_known_one_is_not() -> None:
    one = judged()
    said = [one.signal("smoke-01", Kind.FAULT, epoch=f"e{number}") for number in range(4)]
    assert said[:2] == [BudgetVerdict.WITHIN_BUDGET] * 2
    assert said[2:] == [BudgetVerdict.TOO_MANY_EPOCHS] * 2
    assert one.signal("smoke-01", Kind.FAULT, epoch="e1") is BudgetVerdict.WITHIN_BUDGET


def test_bytes_are_bounded_and_one_that_is_larger_than_the_burst_passes_a_full_budget() -> None:
    one = judged()
    assert one.signal("a", Kind.FAULT, size=20_000) is BudgetVerdict.WITHIN_BUDGET
    assert one.signal("a", Kind.FAULT, size=1) is BudgetVerdict.TOO_MANY_BYTES


def test_a_gateway_is_asked_again_once_there_is_budget_and_not_before() -> None:
    one = judged()
    assert one.budget.ask_again_in(0.0) is None
    one.use_up()
    wait = one.budget.ask_again_in(0.0)
    assert wait == 10.0
    one.budget.note_asked(wait)
    assert one.budget.ask_again_in(wait) is None
    one.now = wait
    one.use_up()
    assert (one.budget.ask_again_in(wait) or 0.0) >= ASKED_AGAIN_S


def drained_after(one: Judged, waiting: int) -> float:
    """Return the seconds until a gateway that sends when it is asked has nothing left of *waiting*."""
    while waiting := sum(not one.signal("chatter", Kind.FAULT).passes for _ in range(waiting)):
        wait = one.budget.ask_again_in(one.now)
        assert wait is not None
        one.now += wait
        one.budget.note_asked(one.now)
    return one.now


def test_a_backlog_comes_in_as_fast_as_a_center_that_is_at_rest_can_lend() -> None:
    limits = IntakeLimits()
    at_rest = judged(limits.budget, Lending(limits.lending, 0.0))
    assert drained_after(at_rest, 5_000 + 4_400) <= 22.0
    assert drained_after(judged(limits.budget), 5_000 + 4_400) > 80.0, "where others wait"


def test_nothing_is_lent_while_other_gateways_wait() -> None:
    lending = Lending(LendingRates(per_second=100.0, each=1_000), 0.0)
    one = judged(lending=lending)
    lending.others_wait = True
    one.use_up()
    assert one.signal("chatter", Kind.FAULT) is BudgetVerdict.TOO_MANY_SIGNALS
    lending.others_wait = False
    assert one.signal("chatter", Kind.FAULT) is BudgetVerdict.LENT


def test_signals_are_lent_and_neither_bytes_nor_new_points_nor_epochs() -> None:
    one = judged(lending=Lending(LendingRates(per_second=100.0, each=1_000), 0.0))
    for _ in range(20):
        assert one.signal("chatter", Kind.FAULT, size=1).passes
    assert one.signal("a", Kind.FAULT, size=20_000) is BudgetVerdict.TOO_MANY_BYTES
    for number in range(3):
        one.signal(f"made-up-{number}", Kind.FAULT, registered=False, size=1)
    made_up = one.signal("made-up-4", Kind.FAULT, registered=False, size=1)
    assert made_up is BudgetVerdict.TOO_MANY_NEW_POINTS
    one.signal("chatter", Kind.FAULT, epoch="e2", size=1)
    assert one.signal("chatter", Kind.FAULT, epoch="e3", size=1) is BudgetVerdict.TOO_MANY_EPOCHS


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 200), st.floats(0, 30)), max_size=40))
def test_in_no_time_is_more_lent_than_the_center_spares_nor_to_one_than_its_share(
    steps: list[tuple[int, int, float]],
) -> None:
    lending, now = Lending(LendingRates(per_second=20.0, each=300), 0.0), 0.0
    gateways = [judged(lending=lending) for _ in range(3)]
    lent = [0, 0, 0]
    for at, count, wait in steps:
        now += wait
        gateways[at].now = now
        said = [gateways[at].signal("chatter", Kind.FAULT, size=1) for _ in range(count)]
        lent[at] += said.count(BudgetVerdict.LENT)
        assert sum(lent) <= 20.0 * (now + 5.0) + 1e-6
        assert lent[at] <= 300 * (1 + now / 3_600) + 1e-6


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 20)), max_size=60))
def test_in_no_time_are_more_tokens_taken_than_burst_and_rate(steps: list[tuple[float, float]]) -> None:
    bucket, now, taken = TokenBucket(Rate(10, 2.0), 0.0), 0.0, 0.0
    for wait, amount in steps:
        now += wait
        if bucket.has_tokens(amount, now):
            bucket.take_tokens(amount, now)
            taken += amount
            # One that is larger than the bucket is taken from a full one, which then owes the rest.
            assert taken <= 2 * 10 + 2.0 * now + 1e-6


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", "x", "y"]),
            st.sampled_from([Kind.FIRE, Kind.FAULT]),
            st.sampled_from(list(Edge)),
            st.integers(0, 3),
        ),
        max_size=80,
    )
)
def test_in_any_flood_a_fire_is_refused_only_if_one_of_its_point_passed(
    flood: list[tuple[str, Kind, Edge, int]],
) -> None:
    one, told = judged(), set[str]()
    for name, kind, edge, epoch in flood:
        registered = name in "abc"
        verdict = one.signal(name, kind, edge, registered=registered, epoch=f"e{epoch}")
        if kind is Kind.FIRE and edge is Edge.RAISED:
            strangers = told & {"x", "y"}
            assert verdict.passes or (name in told if registered else bool(strangers))
            if verdict.passes:
                told.add(name)
        elif kind is Kind.FIRE and verdict.passes:
            told.discard(name) if registered else None


@given(st.integers(1, 300), st.floats(0.1, 20))
def test_everything_that_is_refused_passes_when_it_is_sent_again(count: int, every_s: float) -> None:
    one, waiting, rounds = judged(), list(range(count)), 0
    while waiting:
        waiting = [each for each in waiting if not one.signal("chatter", Kind.FAULT).passes]
        one.now += every_s
        rounds += 1
        assert rounds <= 10 + count * ceil(2.5 / every_s), "250 bytes each, of which 100 a second"
