import asyncio
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.recordings import BadRecording, RecordedReading
from contract.sentences import Sentence, Status
from firmware_sim.outputs.ground_truth import read_ground_truth
from firmware_sim.run.progress import RunProgress
from firmware_sim.run.replay import replay
from firmware_sim.scenario.io_config import PtyConfig, TcpConfig
from runtime.clock import utc_now
from tests.adapters.sim.readers import Reader, Run, reading, sleeping_on
from tests.support.depth import examples
from tests.support.waiting import eventually


def line(kind: str, folder: Path) -> PtyConfig | TcpConfig:
    if kind == "tcp":
        return TcpConfig(kind="tcp", name="line-1")
    return PtyConfig(kind="pty", name="line-1", link=folder / "line-1")


def playing(
    rows: Iterable[RecordedReading], where: PtyConfig | TcpConfig, run: Run, **more: Any
) -> "asyncio.Task[RunProgress]":
    return asyncio.create_task(
        replay(rows, where, clock=utc_now, start=run.start, on_ready=run.urls.update, **more)
    )


def burn(rows: int) -> list[RecordedReading]:
    return [
        RecordedReading(-5 + index / 10, point, "temperature", 20 + index % 500 / 4)
        for index in range(rows // 2)
        for point in ("heat-a", "heat-b")
    ]


def heard_rows(reader: Reader) -> list[tuple[str, str, float | None]]:
    return [
        (each.address, each.quantity, each.value) for each in reader.heard if isinstance(each, Sentence)
    ]


def recorded(rows: Iterable[RecordedReading]) -> list[tuple[str, str, float | None]]:
    return [(each.point, each.quantity, each.value) for each in rows]


@pytest.mark.parametrize("kind", ["pty", "tcp"])
async def test_a_recording_arrives_whole_and_in_order_however_fast_it_is_played(
    tmp_path: Path, kind: str
) -> None:
    rows, run, truth = burn(20_000), Run(), tmp_path / "truth.jsonl"
    task = playing(rows, line(kind, tmp_path), run, speed=math.inf, truth=truth)
    with reading(await run.url("line-1")) as reader:
        run.start.set()
        end = await task
        await eventually(lambda: len(reader.heard) == len(rows))
        assert reader.damage() == []
        assert heard_rows(reader) == recorded(rows)
    assert (end.sent, end.dropped) == (20_000, 0)
    sequences = [each.sequence for each in reader.sentences("heat-a")]
    assert sequences == list(range(10_000))
    assert {each.status for each in reader.sentences("heat-a")} == {Status.NORMAL}
    assert [(each.address, each.quantity, each.value) for each in read_ground_truth(truth)] == recorded(
        rows
    )


readings = st.builds(
    RecordedReading,
    t=st.just(0.0),
    point=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    quantity=st.sampled_from(["smoke", "temperature", "co"]),
    value=st.decimals(-999_999, 999_999, places=4).map(float),
)


@settings(
    max_examples=examples(5), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(readings, min_size=1, max_size=60))
def test_every_row_of_any_recording_is_read_back_as_it_was(
    rows: list[RecordedReading], tmp_path: Path
) -> None:
    async def played() -> list[tuple[str, str, float | None]]:
        run = Run()
        task = playing(rows, line("pty", tmp_path), run, speed=math.inf)
        with reading(await run.url("line-1")) as reader:
            run.start.set()
            await task
            await eventually(lambda: len(reader.heard) == len(rows))
            return heard_rows(reader)

    assert asyncio.run(played()) == recorded(rows)


async def test_a_recording_is_played_so_many_times_faster_than_it_was_made(tmp_path: Path) -> None:
    rows, run, truth = burn(100), Run(), tmp_path / "truth.jsonl"  # 4.9 s
    task = playing(rows, line("pty", tmp_path), run, speed=10.0, truth=truth)
    with reading(await run.url("line-1")):
        run.start.set()
        await task
    told = read_ground_truth(truth)
    assert told[-1].at - told[0].at > 400_000


@pytest.mark.parametrize("kind", ["pty", "tcp"])
async def test_a_replay_waits_for_its_reader(tmp_path: Path, kind: str) -> None:
    rows, run, seen = burn(50), Run(), list[RunProgress]()
    task = playing(rows, line(kind, tmp_path), run, speed=math.inf, on_progress=seen.append)
    run.start.set()
    url = await run.url("line-1")
    assert seen == []
    with reading(url) as reader:
        await task
        await eventually(lambda: heard_rows(reader) == recorded(rows))


async def test_a_reader_that_stops_is_waited_for_once_and_its_missed_sentences_are_counted(
    tmp_path: Path,
) -> None:
    rows, run, truth = burn(4_000), Run(), tmp_path / "truth.jsonl"
    task = playing(rows, line("pty", tmp_path), run, speed=math.inf, patience_s=0.2, truth=truth)
    with sleeping_on(await run.url("line-1")):
        run.start.set()
        end = await task
    assert end.sent + end.dropped == 4_000
    assert end.dropped > 1_000
    assert len(read_ground_truth(truth)) == end.sent


async def test_a_recording_that_turns_bad_ends_the_replay_with_its_reason(tmp_path: Path) -> None:
    run = Run()
    rows = [RecordedReading(0, "heat-a", "temperature", 1e12)]
    task = playing(rows, line("pty", tmp_path), run)
    with reading(await run.url("line-1")):
        run.start.set()
        with pytest.raises(BadRecording, match=r"heat-a: .* nine digits"):
            await task
