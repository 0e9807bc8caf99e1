"""Requirements on remembering which batches are stored, and on the batches that wait."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.ledger import Counted
from contract.messages import Series
from ingest.adapters import lanes as lanes_module
from ingest.adapters.backlog import Backlog
from ingest.adapters.lanes import FORGOTTEN_AFTER, MOST_EPOCHS, Lanes, open_lanes
from ingest.domain.batches import Batch, Lane, Number
from runtime.clock import utc_now

LANE = Lane("p", "g", "e")


def number(seq: int, *, lane: Lane = LANE, floor: int = 1, digest: str = "d") -> Number:
    return Number(lane, floor, seq, digest)


def account(lanes: Lanes, lane: Lane = LANE) -> Counted | None:
    return dict(lanes.counted()).get(lane)


async def test_what_is_settled_is_accounted_for_after_a_restart(tmp_path: Path) -> None:
    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        await lanes.settle([number(1), number(2), number(5)])

    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        found = account(lanes)
        assert found is not None
        assert (found.stored, found.coverage.ranges) == (3, [(1, 2), (5, 5)])


async def test_only_the_very_same_batch_counts_as_stored(tmp_path: Path) -> None:
    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        await lanes.settle([number(1, digest="one")])
        assert lanes.stored(number(1, digest="one"))
        assert not lanes.stored(number(1, digest="another"))
        assert not lanes.stored(number(1, digest="one", lane=Lane("p", "g", "f")))


async def test_a_floor_above_its_own_batch_is_not_believed(tmp_path: Path) -> None:
    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        await lanes.settle([number(7, floor=2**53)])

        found = account(lanes)
        assert found is not None
        assert found.coverage.floor == 7


async def test_of_too_many_lanes_the_one_unheard_for_longest_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes_module, "MOST_LANES", 3)
    many = [Lane("p", f"g{each}", "e") for each in range(5)]
    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        for lane in [*many[:3], many[0], *many[3:]]:
            await lanes.settle([number(1, lane=lane)])
        assert [account(lanes, lane) is not None for lane in many] == [True, False, False, True, True]

    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        assert [account(lanes, lane) is not None for lane in many] == [True, False, False, True, True]


async def test_made_up_epochs_drive_out_neither_the_true_one_nor_another_gateway(
    tmp_path: Path,
) -> None:
    other = Lane("p", "other", "e")
    async with open_lanes(tmp_path / "coverage.db", utc_now) as lanes:
        await lanes.settle([number(1), number(2), number(1, lane=other)])
        for each in range(200):
            await lanes.settle([number(2**53, lane=Lane("p", "g", f"made-up-{each}"), floor=2**53)])
        assert account(lanes) is not None
        assert account(lanes, other) is not None
        assert len(lanes.counted()) == MOST_EPOCHS + 1


async def test_an_epoch_that_nobody_hears_expires(tmp_path: Path) -> None:
    now = utc_now()
    async with open_lanes(tmp_path / "coverage.db", lambda: now) as lanes:
        await lanes.settle([number(1)])
        now += FORGOTTEN_AFTER + timedelta(days=1)
        await lanes.settle([number(1, lane=Lane("p", "other", "e"))])
        assert account(lanes) is None


def batch(seq: int, readings: int) -> Batch:
    rows = list(range(readings))
    series = Series(point="p", quantity="smoke", t=rows, v=[0.0] * readings)
    return Batch(number(seq), (series,))


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
    assert not any(backlog.holds(number(seq)) for seq in taken)


async def test_a_batch_larger_than_the_bound_is_taken_alone() -> None:
    backlog = Backlog(10)

    assert backlog.put(batch(1, 50))
    assert not backlog.put(batch(2, 1))
    assert backlog.holds(number(1))
    assert not backlog.holds(number(2))
