from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_sim.scenario.library import find_scenario, shipped_scenario
from firmware_sim.scenario.scenario import load_scenario, make_scenario
from runtime.settings import BadSettings
from tests.support.depth import examples
from tests.unit.sim.scenarios import ONE_LINE, content, event, point

SMOKE = point("smoke-01", "smoke")


def errors(text: str) -> list[str]:
    with pytest.raises(BadSettings) as raised:
        make_scenario(content(text), "test.toml")
    return raised.value.errors


def test_the_scenario_that_is_shipped_can_be_loaded() -> None:
    kitchen = shipped_scenario()
    assert [line.name for line in kitchen.lines] == ["line-1", "line-2"]
    assert {point.address for point in kitchen.points} >= {"smoke-01", "heat-01", "manual-01"}


def test_a_scenario_that_is_not_shipped_is_named_with_those_that_are() -> None:
    with pytest.raises(BadSettings, match=r"(?s)^nowhere: .* kitchen .* market-spread(\s|\Z)"):
        shipped_scenario("nowhere")


def test_a_scenario_is_found_by_its_file_or_by_its_name_in_the_library(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('title = "mine"\n' + ONE_LINE + SMOKE)
    assert find_scenario(str(tmp_path / "mine.toml")).title == "mine"
    assert find_scenario("kitchen") == shipped_scenario("kitchen")
    with pytest.raises(BadSettings, match="elsewhere"):
        find_scenario(str(tmp_path / "elsewhere.toml"))


def test_every_error_is_named_at_once_with_its_key() -> None:
    found = errors(
        ONE_LINE
        + SMOKE
        + SMOKE
        + point("smoke-02", "smoke", line="line-9")
        + point("zigbee-01", "zigbee")
        + event("fire", ["smoke-01", "nobody"], at_s=10, more="until_s = 10")
    )
    assert found == [
        "test.toml: points[2].address: 'smoke-01' is used twice; give each its own",
        "test.toml: points[3].line: unknown line 'line-9'; known: line-1",
        "test.toml: points[4].kind: "
        "a zigbee point, and no other kind, belongs at a source of a bridge's dialect",
        "test.toml: events[1].points: unknown point 'nobody'; known: smoke-01, smoke-02, zigbee-01",
        "test.toml: events[1].until_s: 10.0 is not after at_s = 10.0",
    ]


def test_every_error_of_a_building_is_named_at_once_with_its_key() -> None:
    found = errors(
        ONE_LINE
        + room("hall", width=0.1, height=1.0)
        + room("attic")
        + room("outside")
        + '[[doors]]\nbetween = ["attic", "cellar"]\nheight_m = 4\n'
        + point("smoke-01", "smoke", more='room = "attic"\nat = [9, 1]\n')
        + point("smoke-02", "smoke", more='room = "loft"\nat = [1, 1]\n')
        + point("smoke-03", "smoke", more="at = [1, 1]")
        + point("smoke-04", "smoke", more='room = "attic"')
        + fire('at_s = -5\nbase_m = 2.8\ngrowth = "fast"\ncurve = [[0, 1]]')
        + fire('at_s = 0\nfuel = "gas"\nsmolder_g_s = 0.1\nuntil_s = 0')
        + event("steam", ["nobody"], at_s=10, more="until_s = 5")
        + event("dirt", ["smoke-01"], at_s=0)
        + '[expect]\nalarm = { nobody = 60 }\nmay_fault = ["line-2"]\n'
    )
    assert [line.split(": ", 2)[1:] for line in found] == [
        ["points[1].at", "(9, 1) is outside 'attic', which is 4 m by 5 m"],
        ["points[2].room", "unknown room 'loft'; known: attic, hall, outside"],
        ["points[3].room", "give the room of this place"],
        ["points[4].at", 'give its place in the room, in meters from a corner: "at = [1.0, 2.0]"'],
        ["rooms[1].width_m", "0.1 is impossible: 0.5 to 500 m"],
        ["rooms[1].height_m", "1 is impossible: 1.8 to 60 m"],
        ["rooms[3].name", "'outside' is the name of the outside; choose another name"],
        ["doors[1].height_m", "4 m is higher than 'attic', 3 m"],
        ["doors[1].between", "unknown room 'cellar'; known: attic, hall, outside"],
        ["fires[1].at_s", "-5 is impossible: 0 s or more"],
        ["fires[1].base_m", "leave half a meter below the ceiling of 'attic', 3 m"],
        [
            "fires[1].growth",
            "a fire has a growth, a curve or smolder_g_s: give exactly one of the three",
        ],
        ["fires[2].fuel", "gas does not smolder; these do: cable, cotton, foam, plastic, wood"],
        ["fires[2].until_s", "0.0 is not after at_s = 0.0"],
        ["events[1].points", f"unknown point 'nobody'; known: {KNOWN}"],
        ["events[1].until_s", "5.0 is not after at_s = 10.0"],
        ["expect.alarm", f"unknown point 'nobody'; known: {KNOWN}"],
        ["expect.may_fault", f"unknown point 'line-2'; known: {KNOWN}"],
    ]


def test_a_wrong_value_hides_no_other_error_and_causes_none() -> None:
    found = errors(
        ONE_LINE
        + point("smoke-01", "smoke", line="line-7")
        + point("smoke-02", "gas")
        + point("smoke-03", "smoke", line="line-9")
        + room("hall", height=1.0)
        + event("tamper", ["smoke-02"], at_s=1)
        + event("tamper", ["smoke-01", "nobody"], at_s=-1)
        + event("tamper", ["smoke-01", "nobody"], at_s=1)
    )
    assert [line.split(": ")[1] for line in found] == [
        "points[2].kind",
        "events[2].tamper.at_s",
        "points[1].line",
        "points[3].line",
        "rooms[1].height_m",
        "events[3].points",
    ]


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats()
    | st.sampled_from(["r", "p", "smoke", "l"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "address", "kind", "room", "at", "line"]), inner)
    ),
    max_leaves=8,
)
TABLES = ["lines", "sources", "rooms", "doors", "points", "fires", "events", "expect", "seed"]


@settings(max_examples=examples(200), deadline=None)
@given(st.dictionaries(st.sampled_from(TABLES), anything))
def test_the_errors_of_any_file_are_named(found: dict[str, Any]) -> None:
    with pytest.raises(BadSettings):
        make_scenario({"points": [], **found}, "test.toml")


KNOWN = "smoke-01, smoke-02, smoke-03, smoke-04"


def fire(more: str) -> str:
    return f'[[fires]]\nroom = "attic"\nat = [1, 1]\n{more}\n'


def room(name: str, *, width: float = 4, height: float = 3) -> str:
    return f'[[rooms]]\nname = "{name}"\nwidth_m = {width}\ndepth_m = 5\nheight_m = {height}\n'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (ONE_LINE + point("Smoke 1", "smoke"), "points[1].address"),
        (ONE_LINE + point("smoke-01", "gas"), "points[1].kind"),
        (ONE_LINE + point("smoke-01", "smoke", more='source = "line-1"'), "points[1].line"),
        (ONE_LINE, "points"),
        (ONE_LINE + ONE_LINE + SMOKE, "lines[2].name"),
        (ONE_LINE + SMOKE + "[colour]\n", "colour"),
        (ONE_LINE + SMOKE + event("flood", ["smoke-01"], at_s=1), "events[1]"),
        (ONE_LINE + SMOKE + event("fire", ["smoke-01"], at_s=-1), "events[1].fire.at_s"),
        (ONE_LINE + SMOKE + event("fire", ["smoke-01"], at_s=1, more="size = 3"), "events[1].fire.size"),
        (ONE_LINE + SMOKE + event("press", ["smoke-01"], at_s=1), "events[1].points"),
        (ONE_LINE + point("m-1", "manual") + event("fire", ["m-1"], at_s=1), "events[1].points"),
        (
            ONE_LINE + SMOKE + '[[events]]\nkind = "storm"\nat_s = 1\nuntil_s = 9\nlines = ["l-9"]\n',
            "events[1].lines",
        ),
        (ONE_LINE + SMOKE + room("hall", width=float("inf")), "rooms[1].width_m"),
        (ONE_LINE + point("h-1", "heat") + event("dirt", ["h-1"], at_s=1), "events[1].points"),
        (
            '[[lines]]\nname = "a"\nkind = "tcp"\nport = 4001\n'
            '[[lines]]\nname = "b"\nkind = "tcp"\nport = 4001\n' + point("s", "smoke", line="a"),
            "lines[2].port",
        ),
        (
            '[[sources]]\nname = "line-1"\ndialect = "tocsin"\nroot = "site"\n' + ONE_LINE + SMOKE,
            "sources[1].name",
        ),
    ],
)
def test_an_impossible_value_is_refused_by_its_key(text: str, key: str) -> None:
    assert [line.split(": ")[1] for line in errors(text)] == [key]


def test_a_scenario_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("points = [")
    with pytest.raises(BadSettings, match=r"bad\.toml"):
        load_scenario(tmp_path / "bad.toml")


BRIDGE = '[[sources]]\nname = "zigbee"\ndialect = "zigbee2mqtt"\nroot = "zigbee2mqtt"\n'


def behind_the_bridge(address: str, more: str = "") -> str:
    return f'[[points]]\naddress = "{address}"\nkind = "zigbee"\nsource = "zigbee"\n{more}\n'


def test_a_detector_behind_a_bridge_may_have_a_name_that_people_read() -> None:
    story = make_scenario(
        content(BRIDGE + behind_the_bridge("Kiốt 1") + event("fault", ["Kiốt 1"], at_s=1)), "t"
    )
    assert [each.address for each in story.points] == ["Kiốt 1"]


def test_a_detector_on_a_line_and_a_name_that_no_topic_holds_are_refused() -> None:
    on_a_line = errors(ONE_LINE + point("Kiốt 1", "smoke"))
    assert on_a_line == [
        "test.toml: points[1].address: write 1 to 63 of a-z, 0-9 and -, not beginning with -; "
        "only detectors behind a bridge have free names"
    ]
    assert "cannot hold +" in errors(BRIDGE + behind_the_bridge("Kiốt #1"))[0]
