"""Coverage says exactly what was seen: what is only claimed never counts as here."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contract.coverage import LONGEST_JUMP, MOST_RANGES, Coverage

numbers = st.integers(1, 40)


class CoverageAgainstASet(RuleBasedStateMachine):
    """The plainest model: the set of numbers that came."""

    def __init__(self) -> None:
        super().__init__()
        self.coverage = Coverage()
        self.seen: set[int] = set()

    @rule(came=st.sets(numbers, max_size=5), floor=st.integers(1, 2**53))
    def a_message_comes(self, came: set[int], floor: int) -> None:
        assert self.coverage.note_message(came, floor) == []
        self.seen |= came

    @rule()
    def begin_again_from_what_is_stored(self) -> None:
        self.coverage = Coverage(self.coverage.ranges, self.coverage.floor)

    @invariant()
    def all_that_came_is_seen_and_nothing_else(self) -> None:
        assert {seq for seq in range(1, 60) if seq in self.coverage} == self.seen
        assert self.coverage.highest == max(self.seen, default=0)

    @invariant()
    def ranges_are_ascending_and_never_touch(self) -> None:
        flat = [number for each in self.coverage.ranges for number in each]
        assert flat == sorted(flat)
        ranges = self.coverage.ranges
        assert all(ranges[at][1] + 1 < ranges[at + 1][0] for at in range(len(ranges) - 1))

    @invariant()
    def every_number_is_seen_or_claimed_or_lacking(self) -> None:
        for last in (0, 1, 20, 41, 60):
            parts = (
                self.coverage.count_seen(last),
                self.coverage.count_claimed(last),
                self.coverage.count_missing(last),
            )
            assert sum(parts) == last
            assert self.coverage.count_seen(last) == len({seq for seq in self.seen if seq <= last})
            assert len(self.coverage.missing(last, most=100)) == self.coverage.count_missing(last)
            assert not self.seen & set(self.coverage.missing(last, most=100))


TestCoverageAgainstASet = CoverageAgainstASet.TestCase


@given(st.lists(st.integers(1, 30)), st.randoms())
def test_the_order_of_arrival_does_not_matter(arrived: list[int], chance: Random) -> None:
    one, other = Coverage(), Coverage()
    for seq in arrived:
        one.note_message([seq], 1)
    for seq in chance.sample(arrived, len(arrived)):
        other.note_message([seq], 1)
    assert one.ranges == other.ranges


def test_a_new_center_begins_in_the_middle_of_a_gateways_life() -> None:
    coverage = Coverage()
    coverage.note_message([412], 410)
    assert (coverage.count_seen(412), coverage.count_claimed(412), coverage.missing(412, most=9)) == (
        1,
        409,
        [410, 411],
    )


def test_a_later_floor_explains_a_gap_but_fills_none() -> None:
    coverage = Coverage([(1, 5)])
    coverage.note_message([9], 8)
    assert (coverage.count_seen(9), coverage.count_claimed(9), coverage.missing(9, most=9)) == (
        6,
        2,
        [8],
    )


def test_a_floor_out_of_its_mind_is_not_believed_and_neither_is_its_number() -> None:
    coverage = Coverage([(1, 412)])
    assert coverage.note_message([2**53], 2**53) == [2**53, 2**53]
    assert (coverage.floor, coverage.highest) == (1, 412)
    coverage.note_message([414], 414)
    assert coverage.count_claimed(414) == 1


def test_a_poisoned_beginning_is_disproved_by_the_gateway_itself() -> None:
    coverage = Coverage()
    coverage.note_message([2**53], 2**53)
    coverage.note_message([413], 413)
    assert (coverage.floor, coverage.ranges) == (413, [(413, 413)])
    assert coverage.missing(415, most=9) == [414, 415]


@given(st.integers(1, LONGEST_JUMP), st.integers(1, LONGEST_JUMP))
def test_a_center_that_was_away_for_long_counts_on_from_there(last: int, ahead: int) -> None:
    coverage = Coverage([(1, last)])
    assert coverage.note_message([last + ahead], last + ahead) == []
    assert coverage.count_missing(last + ahead) == 0


def test_numbers_with_gaps_without_end_are_remembered_within_a_bound() -> None:
    coverage = Coverage()
    for seq in range(1, 4 * MOST_RANGES, 2):
        coverage.note_message([seq], 1)
    assert len(coverage.ranges) == MOST_RANGES
