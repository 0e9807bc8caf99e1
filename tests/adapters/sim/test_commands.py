"""The verbs of ``tocsin sim`` that show what there is to simulate."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_sim.adapters.files import open_recording
from firmware_sim.scenario.library import shipped_names


def sim(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tocsin", "sim", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=100)


def test_the_library_is_listed_for_people_and_for_machines(tmp_path: Path) -> None:
    told = sim("list", cwd=tmp_path)
    assert told.returncode == 0
    assert "market-spread" in told.stdout
    cards = json.loads(sim("list", "--json", cwd=tmp_path).stdout)
    assert [card["name"] for card in cards] == shipped_names()
    assert all(card["expect"] is not None and card["points"] for card in cards)


def test_a_scenario_of_the_library_is_checked_by_its_name(tmp_path: Path) -> None:
    assert sim("run", "market-spread", "--check", cwd=tmp_path).stdout.strip() == "market-spread: ok"
    unknown = sim("run", "market", "--check", cwd=tmp_path)
    assert unknown.returncode != 0
    assert "market-spread" in unknown.stderr


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_picture_of_a_scenario_is_drawn_alike_each_time_and_its_crossings_told(
    tmp_path: Path, ending: str
) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'plot' is not installed")
    pictures = []
    for name in ("one", "two"):
        file = tmp_path / f"{name}.{ending}"
        drawn = sim("plot", "shophouse-kitchen-night", "-o", str(file), "--json", cwd=tmp_path)
        assert drawn.returncode == 0, drawn.stderr
        pictures.append(file.read_bytes())
    assert pictures[0] == pictures[1]
    crossings = {(each["point"], each["quantity"]): each for each in json.loads(drawn.stdout)["points"]}
    kitchen, heat = crossings["bep-khoi", "smoke"], crossings["bep-nhiet", "temperature"]
    assert 0 < kitchen["prealarm_s"] <= kitchen["alarm_s"] < heat["alarm_s"]
    assert kitchen["crosses_prealarm_s"] <= kitchen["crosses_alarm_s"] <= kitchen["alarm_s"]


def test_a_picture_of_an_unknown_kind_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'plot' is not installed")
    refused = sim("plot", "kitchen", "-o", "kitchen.doc", cwd=tmp_path)
    assert refused.returncode != 0
    assert ".svg, .png or .pdf" in refused.stderr


def test_without_the_library_for_pictures_the_remedy_is_named(tmp_path: Path) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError('not here')\n")
    missing = sim("plot", "kitchen", cwd=tmp_path)
    assert missing.returncode != 0
    assert "pip install 'tocsin[plot]'" in missing.stderr


def test_a_scenario_is_recorded_at_once_and_the_recording_can_be_replayed(tmp_path: Path) -> None:
    made = sim("record", "shophouse-kitchen-night", "-o", "night.csv.gz", "--for", "120", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    readings = list(open_recording(tmp_path / "night.csv.gz"))
    assert (readings[0].t, len(readings)) == (-60.0, 120 * 8)
    assert sim("record", "kitchen", "--for", "1", cwd=tmp_path).stdout.startswith("t,point,quantity")
