"""The center's disk is low before it is full, and has room again only when the reserve fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.watch.disk import DiskSpace, DiskState, judge_disk, reserve_of

MIB = 1_048_576
RESERVE = 64 * MIB
TOTAL = 500_000 * MIB

ROOM, LOW, FULL = DiskState.ROOM, DiskState.LOW, DiskState.FULL


@pytest.mark.parametrize(
    ("free_mib", "before", "after"),
    [
        (1_025, ROOM, ROOM),
        (1_023, ROOM, LOW),
        (1_100, LOW, LOW),
        (1_281, LOW, ROOM),
        (5, LOW, LOW),
        (3, LOW, FULL),
        (0, ROOM, FULL),
        (64, FULL, FULL),  # what the reserve gave is for alarms
        (127, FULL, FULL),
        (129, FULL, LOW),
        (2_000, FULL, ROOM),
    ],
)
def test_the_state_of_a_disk(free_mib: int, before: DiskState, after: DiskState) -> None:
    assert judge_disk(DiskSpace(free_mib * MIB, TOTAL), RESERVE, before) is after


def test_a_small_disk_reserves_a_tenth_and_is_low_at_a_twentieth() -> None:
    space = DiskSpace(8 * MIB, 8 * MIB)
    assert reserve_of(space, RESERVE) == 8 * MIB // 10
    assert judge_disk(space, reserve_of(space, RESERVE), ROOM) is ROOM


@given(st.integers(0, TOTAL), st.integers(0, TOTAL), st.sampled_from(DiskState))
def test_more_room_never_makes_a_disk_worse(one: int, other: int, before: DiskState) -> None:
    order = [FULL, LOW, ROOM]
    less, more = sorted((one, other))
    found = [order.index(judge_disk(DiskSpace(free, TOTAL), RESERVE, before)) for free in (less, more)]
    assert found[0] <= found[1]


@given(st.integers(0, TOTAL), st.sampled_from([ROOM, LOW]))
def test_without_a_reserve_a_disk_is_never_full(free: int, before: DiskState) -> None:
    assert judge_disk(DiskSpace(free, TOTAL), 0, before) is ROOM
