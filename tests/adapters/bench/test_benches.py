"""Each measurement of alarms runs in its smallest size, and prints its figures as JSON."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import table
from bench.compare import markdown
from tests.support.servers import program

ROOT = Path(__file__).parents[3]

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]


SMALLEST = {
    "decide": "--decisions 1000",
    "detect": "--samples 1000 --points 10",
    "duty_lists": "--premises 20 --events 500",
    "evaluate": "--rows 1000",
    "gateway": "--points 2 --seconds 1",
    "growth": "--points 20 --rounds 1 --skip-import",
    "ingest_throughput": "--readings 4000 --store embedded",
    "many_points": "--sizes 2 5",
    "modbus_bus": "--devices 2 --dead 1",
    "noisy_site": "faults --presses 2 --before 0.2",
    "outbox": "--commits 50",
    "places": "--premises 50 --water 100",
    "rehearse": "--signals 500",
    "resume": "--open 5",
    "simulate": "--points 5 --seconds 1",
    "startup": "--runs 1",
    "transmitters": "--signals-s 20 --seconds 1 --accounts 2",
    "storm": "--signals 20 --premises 2 --open 0 2 --settle 0",
}
"""Arguments that make a measurement short, of those that can be."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALLEST)
def test_a_measurement_comes_to_its_end_and_prints_json(name: str) -> None:
    assert json.loads(output(name, *SMALLEST[name].split()))


def output(name: str, *arguments: str) -> str:
    """Return what the measurement *name* prints."""
    program("mosquitto")
    command = [sys.executable, "-m", f"bench.{name}", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def printed(name: str, *arguments: str) -> Any:
    """Return the figures of the measurement *name*."""
    return json.loads(output(name, *arguments))[name]


def test_the_feed_with_and_without_readers() -> None:
    size = ("--readers", "0", "3", "--alarms", "4", "--rounds", "2")
    ((none, some),) = printed("feed", *size).values()
    assert (none["readers"], some["readers"]) == (0, 3)
    assert all(each["p50_ms"] > 0 and each["alarms"] == 4 for each in (none, some))
    assert some["events_read"] >= 4
    assert "added_p99_ms" in some
    assert "added_p99_ms" not in none


def test_a_storm_on_postgresql_beside_sqlite() -> None:
    size = ("--signals", "20", "--premises", "2", "--open", "0", "--settle", "0", "--process-only")
    found = printed("storm", *size, "--database", "sqlite", "postgresql")
    for name in ("empty", "empty_postgresql"):
        assert {*found[name][0]["process"]["first_notice_s"]} >= {"50%", "90%", "99%", "100%"}


def test_ingest_is_measured_once_the_store_shows_each_series() -> None:
    size = ("--readings", "800", "--gateways", "2", "--points", "4", "--times", "10")
    arguments = (*size, "--store", "embedded")
    (store,) = json.loads(output("ingest_throughput", *arguments))["stores"]
    (row,) = store["rounds"]
    assert (row["readings"], row["counted_by_the_store"]) == (800, 800)
    assert row["first_shown_s"] > 0


def test_a_row_of_the_feed_is_cut_short_after_its_time() -> None:
    ((row,),) = printed("feed", "--readers", "0", "--alarms", "500", "--longest", "1").values()
    assert 2 <= row["alarms"] < 500


def test_the_drain_of_a_backlog_ends_when_its_readings_are_stored() -> None:
    ((found,),) = printed("recovery", "--readings", "500").values()
    assert found["draining"]["left"] == 0


def test_an_alarm_in_the_engine_and_from_the_broker_and_the_wire_at_rest_and_under_each_load() -> None:
    size = ("--presses", "2", "--readings", "2000", "--reimport", "5")
    ((found,),) = printed("alarm_latency", *size).values()
    assert found["engine"]["alarms"] == 2
    assert {*found["broker"]} == {"through_broker", "at_rest", "reimport"}
    assert {*found["wire"]} == {"at_rest", "2000_readings_per_s", "reimport"}
    assert found["wire"]["2000_readings_per_s"]["readings_per_s_stored"] > 0


def test_tocsin_beside_the_peers_that_are_installed() -> None:
    size = ("--alarms", "2", "--signals", "40", "--premises", "4", "--readings", "4000")
    program("influxd")
    found = printed("compare", *size, "--rounds", "1")
    assert found["alarm"]["tocsin"][0]["alarms"] == 2
    assert found["storm"]["tocsin"][0]["never"] == 0
    assert found["ingest"]["tocsin"][0]["readings"] == 4_000
    assert {*found["alarm"]} - {"tocsin"} == {*found["storm"]} - {"tocsin"}


def test_a_row_of_the_table_has_the_median_of_each_program_and_their_ratio() -> None:
    rounds = {
        "tocsin": [{"p50_ms": 2.0}, {"p50_ms": 9.0}, {"p50_ms": 3.0}],
        "alertmanager": [{"p50_ms": 1.0}, {"p50_ms": 1.5}, {"p50_ms": 2.0}],
    }
    assert markdown({"alarm": rounds}).splitlines() == [
        "| measured | Tocsin | peer | ratio |",
        "|---|---|---|---|",
        "| alarm, p50_ms, tocsin | 3 | alertmanager 1.5 | 2.00 |",
    ]


@pytest.mark.slow
def test_the_table_has_each_row_of_a_measurement_for_each_tree() -> None:
    found = printed("table", "--only", "recovery")["recovery"]
    assert {*found["rows"]} == {*table.MEASUREMENTS["recovery"].rows}
    assert all(each[str(ROOT)] > 0 for each in found["rows"].values())


def test_the_table_lists_a_command_of_a_measurement_for_each_name() -> None:
    commands = printed("table", "--list")
    assert {*commands} == {*table.MEASUREMENTS}
    for name, (command, *_) in commands.items():
        program = name.partition(" ")[0]
        assert f"-m bench.{program} " in command
        assert (ROOT / "bench" / f"{program}.py").exists()


def test_the_table_compares_the_last_tree_with_the_first() -> None:
    rows = {"half told, s": {"/old": 9.6, "/new": 2.4}, "never": {"/old": 0.0, "/new": 0.0}}
    assert table.markdown(rows) == [
        "| half told, s | 9.6 | 2.4 | 0.25 |",
        "| never | 0 | 0 | - |",
    ]
