"""docs/simulation.md documents every key, every kind and every scenario."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from firmware_sim.domain.detectors import FaultMode
from firmware_sim.domain.nuisances import Nuisance
from firmware_sim.domain.physics.fuels import Fuel
from firmware_sim.domain.physics.growth import Growth
from firmware_sim.scenario import events, fire_config, io_config
from firmware_sim.scenario.expect import Expectation
from firmware_sim.scenario.library import shipped_names, shipped_scenario
from firmware_sim.scenario.scenario import Scenario

PAGE = (Path(__file__).parents[3] / "docs" / "simulation.md").read_text()
NAMED = set(re.findall(r"`([^`]+)`", PAGE))
TABLES: list[type[BaseModel]] = [
    *(io_config.PtyConfig, io_config.TcpConfig, io_config.PanelConfig),
    *(io_config.PolledConfig, io_config.ModbusConfig, io_config.DiallerConfig),
    *(io_config.GbtConfig, io_config.SourceConfig, io_config.PointConfig),
    *(fire_config.RoomConfig, fire_config.DoorConfig, fire_config.FireConfig, Expectation),
    *(
        events.FireEvent,
        events.CookingEvent,
        events.NuisanceEvent,
        events.PressEvent,
        events.FaultEvent,
        events.DirtEvent,
    ),
    *(events.SpikesEvent, events.NoiseEvent, events.TamperEvent, events.RestoreEvent, events.StormEvent),
]


def named(key: str) -> bool:
    return any(re.match(rf"{re.escape(key)}( =|$)", each) for each in NAMED)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_key_of_a_scenario_is_explained(table: type[BaseModel]) -> None:
    assert [key for key in table.model_fields if not named(key)] == []


def test_every_table_and_top_level_key_is_explained() -> None:
    tables = {"lines", "sources", "points", "rooms", "doors", "fires", "events"}
    assert all(f"[[{each}]]" in NAMED for each in tables)
    assert "[expect]" in NAMED
    assert [
        key for key in Scenario.model_fields if key not in {*tables, "expect"} and not named(key)
    ] == []


@pytest.mark.parametrize(
    "words", [Nuisance, Fuel, Growth, io_config.SimulatedDetectorKind, fire_config.Surface, FaultMode]
)
def test_every_word_that_a_key_takes_is_explained(words: type) -> None:
    assert [each.value for each in words if each.value not in NAMED] == []  # type: ignore[attr-defined]


def test_the_library_is_listed_and_nothing_else() -> None:
    table = PAGE.split("## The library")[1].split("##")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \|$", table, re.MULTILINE)
    assert [name for name, *_ in rows] == shipped_names()
    for name, _, owed in rows:
        expect = shipped_scenario(name).expect
        assert expect is not None
        assert ("confirmed" in owed and "not confirmed" not in owed and "nothing" not in owed) == (
            expect.confirmed_by_s is not None
        ), name
