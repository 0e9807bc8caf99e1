from pathlib import Path

import pytest

from firmware_sim.scenario import load_scenario, make_scenario, shipped_scenario
from runtime.settings import BadSettings
from tests.unit.sim.scenarios import ONE_LINE, content, event, point

SMOKE = point("smoke-01", "smoke")


def mistakes(text: str) -> list[str]:
    with pytest.raises(BadSettings) as raised:
        make_scenario(content(text), "test.toml")
    return raised.value.errors


def test_the_scenario_that_is_shipped_can_be_loaded() -> None:
    kitchen = shipped_scenario()
    assert [line.name for line in kitchen.lines] == ["line-1", "line-2"]
    assert {point.address for point in kitchen.points} >= {"smoke-01", "heat-01", "manual-01"}


def test_a_scenario_that_is_not_shipped_is_named() -> None:
    with pytest.raises(BadSettings, match=r"nowhere\.toml"):
        shipped_scenario("nowhere")


def test_every_mistake_is_named_at_once_with_its_key() -> None:
    found = mistakes(
        ONE_LINE
        + SMOKE
        + SMOKE
        + point("smoke-02", "smoke", line="line-9")
        + point("zigbee-01", "zigbee")
        + event("fire", ["smoke-01", "nobody"], at_s=10, more="until_s = 10")
    )
    assert found == [
        "test.toml: points.1.address: 'smoke-01' is there already; give each its own",
        "test.toml: points.2.line: unknown line 'line-9'; known: line-1",
        "test.toml: points.3.kind: "
        "a zigbee point, and no other, belongs at a source of dialect zigbee2mqtt",
        "test.toml: events.0.points: unknown point 'nobody'; known: smoke-01, smoke-02, zigbee-01",
        "test.toml: events.0.until_s: 10.0 is not after at_s = 10.0",
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (ONE_LINE + point("Smoke 1", "smoke"), "points.0.address"),
        (ONE_LINE + point("smoke-01", "gas"), "points.0.kind"),
        (ONE_LINE + point("smoke-01", "smoke", more='source = "line-1"'), "points.0.line"),
        (ONE_LINE, "points"),
        (ONE_LINE + ONE_LINE + SMOKE, "lines.1.name"),
        (ONE_LINE + SMOKE + "[colour]\n", "colour"),
        (ONE_LINE + SMOKE + event("flood", ["smoke-01"], at_s=1), "events.0"),
        (ONE_LINE + SMOKE + event("fire", ["smoke-01"], at_s=-1), "events.0.fire.at_s"),
        (ONE_LINE + SMOKE + event("fire", ["smoke-01"], at_s=1, more="size = 3"), "events.0.fire.size"),
        (ONE_LINE + SMOKE + event("press", ["smoke-01"], at_s=1), "events.0.points"),
        (ONE_LINE + point("m-1", "manual") + event("fire", ["m-1"], at_s=1), "events.0.points"),
        (
            '[[lines]]\nname = "a"\nkind = "tcp"\nport = 4001\n'
            '[[lines]]\nname = "b"\nkind = "tcp"\nport = 4001\n' + point("s", "smoke", line="a"),
            "lines.1.port",
        ),
        (
            '[[sources]]\nname = "line-1"\ndialect = "tocsin"\nroot = "site"\n' + ONE_LINE + SMOKE,
            "sources.0.name",
        ),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_its_key(text: str, key: str) -> None:
    assert [line.split(": ")[1] for line in mistakes(text)] == [key]


def test_a_scenario_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("points = [")
    with pytest.raises(BadSettings, match=r"bad\.toml"):
        load_scenario(tmp_path / "bad.toml")
