import asyncio
import socket
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from contract.sentences import encode
from firmware_sim.adapters.line import CannotOpen
from firmware_sim.domain.ground_truth import SentValue
from firmware_sim.outputs.ground_truth import read_ground_truth
from firmware_sim.run.app import run_scenario
from firmware_sim.run.progress import RunProgress
from firmware_sim.scenario.scenario import Scenario
from runtime.clock import utc_now
from tests.adapters.sim.readers import Reader, Run, cancelled_at_end, reading, sleeping_on
from tests.support.servers import free_port
from tests.support.waiting import eventually
from tests.unit.sim.scenarios import event, point, scenario

TCP = '[[lines]]\nname = "line-1"\nkind = "tcp"\nport = 0\n'
POINTS = point("smoke-01", "smoke") + point("manual-01", "manual")
PRESS = event("press", ["manual-01"], at_s=5)


def pty(link: Path) -> str:
    return f'[[lines]]\nname = "line-1"\nkind = "pty"\nlink = "{link}"\n'


def running(story: Scenario, run: Run, **more: Any) -> "asyncio.Task[RunProgress]":
    return asyncio.create_task(
        run_scenario(story, clock=utc_now, on_ready=run.urls.update, start=run.start, **more)
    )


def as_truth(reader: Reader, address: str) -> list[tuple[str, float | None]]:
    return [(each.quantity, each.value) for each in reader.sentences(address)]


def values(truth: list[SentValue], address: str) -> list[tuple[str, float | None]]:
    return [(each.quantity, each.value) for each in truth if each.address == address]


def is_received(reader: Reader, truth: list[SentValue], address: str) -> bool:
    return as_truth(reader, address) == values(truth, address)


def has_received(reader: Reader, count: int) -> bool:
    return len(reader.heard) >= count


@pytest.mark.parametrize("kind", ["pty", "tcp"])
async def test_a_reader_receives_exactly_the_ground_truth(tmp_path: Path, kind: str) -> None:
    run, truth = Run(), tmp_path / "truth.jsonl"
    line = TCP if kind == "tcp" else pty(tmp_path / "line-1")
    task = running(scenario(line + POINTS + PRESS), run, truth=truth, speed=20.0, duration=20.0)
    with reading(await run.url("line-1")) as reader:
        run.start.set()
        end = await task
        told = read_ground_truth(truth)
        for address in ("smoke-01", "manual-01"):
            await eventually(partial(is_received, reader, told, address))
        assert reader.damage() == []
    assert (end.sent, end.dropped, end.t) == (40, 0, 20.0)
    assert {value for _, value in values(told, "manual-01")} == {0.0, 1.0}
    assert [each.at for each in told] == sorted(each.at for each in told)


async def test_the_link_leads_to_the_terminal_while_the_simulator_runs(tmp_path: Path) -> None:
    run, link = Run(), tmp_path / "deep" / "line-1"
    link.parent.mkdir()
    link.symlink_to("/dev/a-terminal-long-gone")  # left behind by a simulator that was killed
    task = running(scenario(pty(link) + POINTS), run)
    async with cancelled_at_end(task):
        assert await run.url("line-1") == str(link)
        assert link.resolve().is_char_device()
    assert not link.is_symlink()


async def test_a_file_in_the_place_of_the_link_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "line-1").write_text("precious")
    with pytest.raises(CannotOpen, match="line-1: exists"):
        await run_scenario(scenario(pty(tmp_path / "line-1") + POINTS), clock=utc_now)
    assert (tmp_path / "line-1").read_text() == "precious"


async def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotOpen, match=f":{port}: .*choose another port"):
            await run_scenario(scenario(TCP.replace("0", str(port)) + POINTS), clock=utc_now)


@pytest.mark.parametrize("kind", ["pty", "tcp"])
async def test_messages_without_a_reader_are_dropped_and_are_no_ground_truth(
    tmp_path: Path, kind: str
) -> None:
    line = TCP if kind == "tcp" else pty(tmp_path / "line-1")
    truth = tmp_path / "truth.jsonl"
    end = await run_scenario(
        scenario(line + POINTS), clock=utc_now, truth=truth, speed=20.0, duration=20.0
    )
    assert (end.sent, end.dropped) == (0, 40)
    assert read_ground_truth(truth) == []


async def test_a_reader_that_leaves_and_returns_receives_whole_sentences(tmp_path: Path) -> None:
    run, truth = Run(), tmp_path / "truth.jsonl"
    task = running(scenario(pty(tmp_path / "line-1") + POINTS), run, truth=truth, speed=100.0)
    async with cancelled_at_end(task):
        url = await run.url("line-1")
        run.start.set()
        for _ in range(2):
            with reading(url) as reader:
                await eventually(partial(has_received, reader, 21))
                assert reader.damage() == []
                sequences = [each.sequence for each in reader.sentences("smoke-01")]
                assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))


async def test_a_reader_that_never_reads_delays_nobody_and_its_missed_sentences_are_counted(
    tmp_path: Path,
) -> None:
    story = scenario(
        "sample_every_s = 0.01\n"
        + pty(tmp_path / "line-1")
        + TCP.replace("line-1", "line-2")
        + POINTS
        + point("smoke-02", "smoke", line="line-2")
    )
    run = Run()
    task = running(story, run, speed=10.0, duration=6.0)
    url = await run.url("line-1")
    with reading(run.urls["line-2"]) as listener, sleeping_on(url):
        run.start.set()
        end = await task
        assert end.dropped > 300
        assert len(listener.sentences("smoke-02")) == 600


async def test_nothing_is_sent_before_the_start(tmp_path: Path) -> None:
    run, seen = Run(), list[RunProgress]()
    port = free_port()
    task = running(scenario(TCP.replace("0", str(port)) + POINTS), run, on_progress=seen.append)
    async with cancelled_at_end(task):
        with reading(await run.url("line-1")) as reader:
            assert run.urls == {"line-1": f"socket://127.0.0.1:{port}"}
            assert seen == []
            run.start.set()
            await eventually(lambda: seen)
            await eventually(lambda: reader.heard)
            assert [each.sequence for each in reader.sentences("smoke-01")][:1] == [0]


async def test_two_runs_of_one_scenario_put_the_same_bytes_on_the_line(tmp_path: Path) -> None:
    story = scenario(f"seed = 3\n{pty(tmp_path / 'line-1')}{POINTS}{PRESS}")
    wires = []
    for _ in range(2):
        run = Run()
        task = running(story, run, speed=50.0, duration=20.0)
        with reading(await run.url("line-1")) as reader:
            run.start.set()
            await task
            await eventually(partial(has_received, reader, 40))
            assert len(reader.heard) == 40
            wires.append(b"".join(encode(each) for each in reader.heard))  # type: ignore[arg-type]
    assert wires[0] == wires[1]


async def test_sentences_of_a_storm_arrive_damaged_and_are_no_ground_truth(tmp_path: Path) -> None:
    run, truth = Run(), tmp_path / "truth.jsonl"
    storm = '[[events]]\nkind = "storm"\nat_s = 5\nuntil_s = 25\nlines = ["line-1"]\nshare = 0.5\n'
    task = running(scenario(TCP + POINTS + storm), run, truth=truth, speed=20.0, duration=40.0)
    with reading(await run.url("line-1")) as reader:
        run.start.set()
        end = await task
        await eventually(
            lambda: as_truth(reader, "smoke-01") == values(read_ground_truth(truth), "smoke-01")
        )
        assert len(reader.damage()) >= end.damaged
    assert 5 < end.damaged < 35
    assert (end.sent, end.dropped) == (80 - end.damaged, 0)
    assert sum(end.sent_by.values()) == end.sent
