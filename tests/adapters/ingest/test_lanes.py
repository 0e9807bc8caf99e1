"""Requirements on remembering which batches are stored, and on the batches that wait."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import MAX_ABOVE, Series
from ingest.adapters import lanes as lanes_module
from ingest.adapters.backlog import Backlog
from ingest.adapters.lanes import open_lanes
from ingest.domain.batches import Batch, Lane, Number
from runtime.clock import utc_now

LANE = Lane("p", "g", "e")


async def test_what_is_settled_is_known_after_a_restart(tmp_path: Path) -> None:
    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        await lanes.settle([Number(LANE, 1, 1), Number(LANE, 1, 2), Number(LANE, 1, 5)])

    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        assert [lanes.stored(LANE, seq) for seq in (1, 2, 3, 5)] == [True, True, False, True]
        receipt = lanes.receipt(LANE)
        assert (receipt.epoch, receipt.through, receipt.above) == ("e", 2, [5])


async def test_a_floor_above_its_own_batch_is_not_believed(tmp_path: Path) -> None:
    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        await lanes.settle([Number(LANE, 2**53, 7)])

        assert lanes.receipt(LANE).through == 7


async def test_numbers_beyond_what_a_receipt_can_list_are_left_for_the_gateway_to_send_again(
    tmp_path: Path,
) -> None:
    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        await lanes.settle([Number(LANE, 1, seq) for seq in range(2, 2 * MAX_ABOVE + 4, 2)])

        assert len(lanes.receipt(LANE).above) == MAX_ABOVE
        assert not lanes.stored(LANE, 2 * MAX_ABOVE + 2)
        await lanes.settle([Number(LANE, 1, seq) for seq in range(1, 2 * MAX_ABOVE, 2)])
        assert lanes.receipt(LANE).through == 2 * MAX_ABOVE


async def test_of_too_many_lanes_the_one_unheard_for_longest_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes_module, "MOST_LANES", 3)
    many = [Lane("p", "g", f"e{number}") for number in range(5)]
    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        for lane in [*many[:3], many[0], *many[3:]]:
            await lanes.settle([Number(lane, 1, 1)])
        assert [lanes.stored(lane, 1) for lane in many] == [True, False, False, True, True]

    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        assert [lanes.stored(lane, 1) for lane in many] == [True, False, False, True, True]


def batch(seq: int, readings: int) -> Batch:
    rows = list(range(readings))
    series = Series(point="p", quantity="smoke", t=rows, v=[0.0] * readings)
    return Batch(Number(LANE, 1, seq), (series,))


@given(st.lists(st.integers(1, 30), max_size=30), st.integers(1, 100), st.integers(1, 50))
async def test_a_backlog_never_holds_more_than_its_bound_and_gives_each_batch_once(
    sizes: list[int], limit: int, most: int
) -> None:
    backlog = Backlog(limit)
    taken = [seq for seq, size in enumerate(sizes) if backlog.put(batch(seq, size))]
    assert backlog.readings <= max(limit, *sizes, 0) if sizes else backlog.readings == 0

    given_out: list[int] = []
    while len(given_out) < len(taken):
        group = await backlog.take(most)
        assert len(group) == 1 or sum(each.readings for each in group) <= most
        given_out += [each.number.seq for each in group]
        for each in group:
            backlog.done(each)

    assert given_out == taken
    assert backlog.readings == 0
    assert not any(backlog.holds(LANE, seq) for seq in taken)


async def test_a_batch_larger_than_the_bound_is_taken_alone() -> None:
    backlog = Backlog(10)

    assert backlog.put(batch(1, 50))
    assert not backlog.put(batch(2, 1))
    assert backlog.holds(LANE, 1)
    assert not backlog.holds(LANE, 2)
