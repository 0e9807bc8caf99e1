"""Coverage says exactly what was stored: a receipt that claims more would lose an alarm."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contract.coverage import Coverage

numbers = st.integers(1, 40)


class CoverageAgainstASet(RuleBasedStateMachine):
    """The plainest model: the set of numbers that need no further sending."""

    def __init__(self) -> None:
        super().__init__()
        self.coverage = Coverage()
        self.settled: set[int] = set()

    @rule(seq=numbers)
    def store(self, seq: int) -> None:
        assert self.coverage.add(seq) == (seq not in self.settled)
        self.settled.add(seq)

    @rule(floor=numbers)
    def hear_the_floor(self, floor: int) -> None:
        self.coverage.raise_floor(floor)
        self.settled |= set(range(1, floor))

    @rule()
    def begin_again_from_what_the_receipt_says(self) -> None:
        self.coverage = Coverage(self.coverage.through, self.coverage.above)

    @invariant()
    def all_that_is_covered_is_settled_and_the_reverse(self) -> None:
        assert {seq for seq in range(1, 60) if seq in self.coverage} == self.settled

    @invariant()
    def through_is_as_high_as_it_may_be_and_no_higher(self) -> None:
        through = 0
        while through + 1 in self.settled:
            through += 1
        assert self.coverage.through == through
        assert self.coverage.above == sorted(seq for seq in self.settled if seq > through)


TestCoverageAgainstASet = CoverageAgainstASet.TestCase


@given(st.lists(st.integers(1, 30)), st.randoms())
def test_the_order_of_arrival_does_not_matter(arrived: list[int], chance: Random) -> None:
    one, other = Coverage(), Coverage()
    for seq in arrived:
        one.add(seq)
    for seq in chance.sample(arrived, len(arrived)):
        other.add(seq)
    assert (one.through, one.above) == (other.through, other.above)


def test_a_new_center_begins_in_the_middle_of_a_gateways_life() -> None:
    coverage = Coverage()
    coverage.add(412)
    assert (coverage.through, coverage.above) == (0, [412])
    coverage.raise_floor(410)
    assert (coverage.through, coverage.above) == (409, [412])
    coverage.add(410)
    coverage.add(411)
    assert (coverage.through, coverage.above) == (412, [])


def test_a_lower_floor_takes_nothing_back() -> None:
    coverage = Coverage(through=10)
    coverage.raise_floor(3)
    assert coverage.through == 10


def test_a_floor_that_reaches_what_is_stored_closes_the_gap() -> None:
    coverage = Coverage(above=[5, 6, 9])
    coverage.raise_floor(5)
    assert (coverage.through, coverage.above) == (6, [9])


def test_what_a_store_remembers_twice_is_counted_once() -> None:
    coverage = Coverage(through=4, above=[3, 5, 5, 7])
    assert (coverage.through, coverage.above) == (5, [7])
