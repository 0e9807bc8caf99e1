"""Ten thousand detectors in one process, and the counts of their sent values."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.simulate import building, driven
from firmware_sim.outputs.ground_truth import read_ground_truth, summarize


@pytest.mark.timeout(200)
async def test_ten_thousand_points_are_received_each_second_and_counted_one_by_one(
    tmp_path: Path,
) -> None:
    truth = tmp_path / "truth.jsonl"
    figures = await asyncio.wait_for(driven(building(10_000, "lines", 0), 3.0, truth), timeout=150)
    assert (figures["sent"], figures["dropped"], figures["counted"]) == (30_000, 0, True)
    counts = summarize(read_ground_truth(truth))
    assert len(counts) == 10_000
    assert {sum(each.sent.values()) for each in counts.values()} == {3}


def test_a_run_without_a_reader_prints_its_counts_and_the_remedy_and_fails(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(
        '[[lines]]\nname = "line-1"\nkind = "tcp"\n'
        '[[points]]\naddress = "s-1"\nkind = "smoke"\nline = "line-1"\n'
    )
    command = ["sim", "run", "scenario.toml", "--for", "5", "--speed", "50", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "tocsin", *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=100,
    )
    answer = json.loads(done.stdout)
    assert "line-1: socket://" in done.stderr
    assert (done.returncode, "nothing was sent" in done.stderr) == (1, True)
    assert (answer["sent"], answer["dropped"], answer["points"]) == (0, 5, {})
    assert (answer["t"], answer["clock"]) == (5.0, "seconds from ignition")
