"""The verbs of ``tocsin sim`` that list, verify, draw and record scenarios."""

import json
import subprocess
from pathlib import Path

import pytest

from firmware_sim.adapters.files import open_recording
from firmware_sim.outputs.convert import DESCRIPTIONS
from firmware_sim.scenario.library import shipped_names
from tests.support.warm_start import run_warm
from tocsin.demo.processes import tocsin

SHIPPED = Path(__file__).parents[3] / "firmware-sim" / "firmware_sim" / "scenarios"


def sim(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run_warm("sim", *words, cwd=cwd, timeout=100)


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
def test_a_picture_of_a_scenario_is_drawn_alike_each_time_and_its_crossings_printed(
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
    command = tocsin("sim", "plot", "kitchen")  # from nothing: it must not find what was read before
    missing = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert missing.returncode != 0
    assert "pip install 'tocsin[plot]'" in missing.stderr


def test_a_scenario_is_recorded_at_once_and_the_recording_can_be_replayed(tmp_path: Path) -> None:
    made = sim("record", "shophouse-kitchen-night", "-o", "night.csv.gz", "--for", "120", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    readings = list(open_recording(tmp_path / "night.csv.gz"))
    assert (readings[0].t, len(readings)) == (-60.0, 120 * 8)
    assert sim("record", "kitchen", "--for", "1", cwd=tmp_path).stdout.startswith("t,point,quantity")


def test_a_scenario_is_held_against_its_own_expectation(tmp_path: Path) -> None:
    met = sim("verify", "kitchen", "--json", cwd=tmp_path)
    assert met.returncode == 0, met.stderr
    answer = json.loads(met.stdout)
    assert (answer["as_expected"], answer["clock"]) == (True, "seconds from ignition")
    assert {each["what"] for each in answer["checks"]} >= {"alarm", "confirmation"}
    assert answer["signals"][0].keys() == {"t", "name", "kind", "reason"}
    assert "all is as expected" in sim("verify", "kitchen", cwd=tmp_path).stdout


def test_a_scenario_that_comes_out_otherwise_fails_and_names_each_difference(tmp_path: Path) -> None:
    kitchen = (SHIPPED / "kitchen.toml").read_text()
    changed = kitchen.replace("smoke-01 = 60", "smoke-01 = 1").replace("confirmed_by_s = 133", "")
    assert changed != kitchen
    (tmp_path / "mine.toml").write_text(changed)
    failed = sim("verify", "mine.toml", "--json", cwd=tmp_path)
    assert failed.returncode == 1
    errors = {(each["what"], each["error"]) for each in json.loads(failed.stdout)["checks"]}
    assert errors >= {("alarm", "late"), ("confirmation", "unexpected")}
    assert "not as expected" in sim("verify", "mine.toml", cwd=tmp_path).stdout


def test_a_scenario_without_an_expectation_or_an_end_cannot_be_verified(tmp_path: Path) -> None:
    points = (
        '[[lines]]\nname = "l"\nkind = "pty"\n[[points]]\naddress = "s-1"\nkind = "smoke"\nline = "l"\n'
    )
    (tmp_path / "none.toml").write_text(points)
    (tmp_path / "endless.toml").write_text(points + "[expect]\nmay_alarm = []\n")
    for name, remedy in (("none.toml", "[expect]"), ("endless.toml", "--for")):
        refused = sim("verify", name, cwd=tmp_path)
        assert (refused.returncode, remedy in refused.stderr) == (2, True)


def test_a_recording_is_counted_by_point_for_machines(tmp_path: Path) -> None:
    made = sim("record", "kitchen", "-o", "kitchen.csv", "--for", "10", "--json", cwd=tmp_path)
    answer = json.loads(made.stdout)
    assert answer["readings"] == sum(answer["points"].values()) == 10 * len(answer["points"])
    assert (answer["first_s"], answer["clock"]) == (-90.0, "seconds from ignition")
    refused = sim("record", "kitchen", "--for", "1", "--json", cwd=tmp_path)
    assert (refused.returncode, "--output" in refused.stdout) == (2, True)


def test_each_data_set_is_described_in_the_help_of_convert(tmp_path: Path) -> None:
    words = " ".join(sim("convert", "--help", cwd=tmp_path).stdout.split())
    assert all(" ".join(text.split()) in words for text in DESCRIPTIONS.values())
