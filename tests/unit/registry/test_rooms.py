"""Which detectors hang alone in their room, what confirms them, and what an import says of them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from alerting.domain.confirmation.subject import subject
from alerting.domain.model.rule import Rule, TypeB, Verification
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import SECOND
from registry.domain.index import Index
from registry.domain.rooms import DETECTORS, alone_in_zone, room_notes
from registry.model.places import Point, Zone
from registry.model.registry import Registry
from tocsin.__main__ import app


def home(*points: dict[str, Any], **zone: Any) -> Registry:
    """A home of one zone; a point is a smoke detector unless it says otherwise."""
    plain = {"premises": "home", "zone": "floor", "gateway": "gw", "kind": "smoke"}
    return Registry.model_validate(
        {
            "premises": [{"id": "home", "name": "Home"}],
            "zones": [
                {"id": "floor", "premises": "home", "name": "Floor", **zone},
                {"id": "beside", "premises": "home", "name": "Beside"},
            ],
            "gateways": [{"id": "gw", "premises": "home", "name": "GW"}],
            "points": [{**plain, **each} for each in points],
        }
    )


def rule(registry: Registry, name: str) -> Rule:
    fire = Signal(
        seq=1,
        kind=Kind.FIRE,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name=name,
        reason="smoke_above_alarm",
        changed_at=0,
        committed_at=0,
    )
    return subject(Index(registry), "home", gateway="gw", signal=fire, window=300 * SECOND).rule


BEDROOM = {"id": "bedroom", "place": "Phòng ngủ"}
HALL = {"id": "hall", "place": "Hành lang"}


@pytest.mark.parametrize(
    ("points", "is_alone"),
    [
        ([{"id": "bedroom"}], True),
        ([BEDROOM, HALL], True),
        ([BEDROOM, {"id": "heat", "place": "phòng  NGỦ", "kind": "heat"}], False),
        ([BEDROOM, {"id": "heat", "place": "Phòng ngủ", "zone": "beside"}], True),
        ([BEDROOM, {"id": "button", "place": "Phòng ngủ", "kind": "manual"}], True),
        ([BEDROOM, {"id": "flow", "kind": "flow"}], True),
        ([BEDROOM, {"id": "anywhere"}], False),
        ([{"id": "bedroom"}, {"id": "anywhere"}], False),
        ([BEDROOM | {"room": "a"}, HALL | {"room": "a"}], False),
        ([BEDROOM | {"room": "a"}, BEDROOM | {"id": "other", "room": "b"}], True),
    ],
)
def test_a_zone_without_a_rule_verifies_a_detector_that_hangs_alone(
    points: list[dict[str, Any]], is_alone: bool
) -> None:
    registry = home(*points)
    assert rule(registry, "bedroom") == (Verification() if is_alone else TypeB())
    assert any("bedroom" in note for note in room_notes(registry)) == is_alone


def test_a_detector_of_a_zone_that_confirms_may_hang_in_the_room() -> None:
    other = BEDROOM | {"id": "heat", "zone": "beside"}
    assert isinstance(rule(home(BEDROOM, other, confirmed_with=["beside"]), "bedroom"), TypeB)


def test_a_rule_that_is_written_holds_and_the_import_says_what_it_costs() -> None:
    registry = home(BEDROOM, HALL, rule="type_b", window_s=120)
    assert rule(registry, "bedroom") == TypeB(window=120 * SECOND)
    (note,) = room_notes(registry)
    for said in ("home/floor", "bedroom, hall", "sent after 120 s, unconfirmed", "verification"):
        assert said in note


@pytest.mark.parametrize("written", ["immediate", "verification", "staffed", "type_c"])
def test_nothing_is_said_of_a_rule_by_which_one_detector_is_told_in_time(written: str) -> None:
    assert room_notes(home(BEDROOM, rule=written)) == []


def test_one_point_that_measures_several_quantities_needs_no_partner() -> None:
    multi = BEDROOM | {"kind": "multi"}
    assert room_notes(home(multi, rule="two_quantities")) == []
    assert "hall" in room_notes(home(multi, HALL, rule="two_quantities"))[0]


def test_the_default_has_the_figures_of_both_its_rules() -> None:
    registry = home(BEDROOM, HALL, HALL | {"id": "other"}, window_s=120, retard_s=30)
    assert rule(registry, "bedroom") == Verification(retard=30 * SECOND)
    assert rule(registry, "hall") == TypeB(window=120 * SECOND)


FILE = """
[[premises]]
id = "home"
name = "Home"
[[zones]]
id = "floor"
premises = "home"
name = "Floor"
[[gateways]]
id = "gw"
premises = "home"
name = "GW"
[[points]]
id = "bedroom"
premises = "home"
zone = "floor"
gateway = "gw"
kind = "smoke"
"""


@pytest.mark.parametrize("options", [["--check"], []])
def test_the_import_names_them(tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "registry.toml"
    file.write_text(FILE)
    config = tmp_path / "alerting.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n[command_center]\nwebhook = "http://127.0.0.1:9/x"\n')
    arguments = ["registry", "import", str(file), "--config", str(config), *options]
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 0, answer.output
    assert "note: zones 'home/floor': no other detector in the room of bedroom" in answer.stdout
    as_json = CliRunner().invoke(app, [*arguments, "--json"])
    assert '"notes": ["zones' in as_json.stdout


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["smoke", "heat", "manual"]),
            st.sampled_from(["", "Bếp", "Kho"]),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_a_detector_is_alone_if_each_other_one_surely_hangs_in_another_room(
    points: list[tuple[str, str, bool]],
) -> None:
    made = [
        Point.model_validate(
            {"id": f"p-{number}", "premises": "home", "zone": "floor", "gateway": "gw"}
            | {"kind": kind, "place": place}
        )
        for number, (kind, place, _) in enumerate(points)
    ]
    own = [point for point, (_, _, is_own) in zip(made, points, strict=True) if is_own]
    detectors = [point for point in made if point.kind in DETECTORS]

    alone = {
        point.id
        for point in own
        if point.kind in DETECTORS
        and all(
            bool(point.place) and bool(other.place) and other.place != point.place
            for other in detectors
            if other is not point
        )
    }
    beside = [point for point in made if point not in own]
    zone = Zone.model_validate({"id": "floor", "premises": "home", "name": "Floor"})
    assert alone_in_zone(zone, own, beside) == alone
