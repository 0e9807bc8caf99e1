"""The verb areas answers for a person and a program, from the database of a center."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from registry.files import read_registry
from registry.model.areas import Area
from registry.model.places import Premises
from registry.model.resources import AreaCoverage, Unit, UnitKind
from registry.store.store import open_store
from tocsin.__main__ import app

DELIVERED = Path(__file__).parents[3] / "deploy" / "registry" / "areas-ca-mau.toml"
SPLIT = "xa-32142"


@pytest.fixture
async def database(tmp_path: Path) -> str:
    delivered = read_registry([DELIVERED])
    places = (
        Premises(id="cho", name="Chợ Đông Hưng", area=SPLIT, lat=9.0, lon=105.09),
        Premises(id="truong", name="Trường Phước Long", area="xa-31876"),
    )
    unit = Unit(id="doi-7", name="Đội CC&CNCH khu vực 7", kind=UnitKind.AREA_TEAM)
    registry = delivered.model_copy(
        update={
            "premises": places,
            "areas": (*delivered.areas, Area(id="ap-1", name="Ấp 1", parent=SPLIT)),
            "units": (unit,),
            "coverages": (AreaCoverage(id="1", unit="doi-7", area="xa-31876"),),
        }
    )
    url = f"sqlite:///{tmp_path}/center.db"
    async with open_store(url) as store:
        await store.store_registry(registry, who="test", now=datetime(2025, 6, 1, tzinfo=UTC))
    return url


def run(database: str, *words: str) -> Result:
    arguments: Sequence[str] = ["areas", *words, "--database", database]
    return CliRunner().invoke(app, arguments)


def test_areas_are_listed_as_the_tree_of_a_day(database: str) -> None:
    before = run(database, "list", "--day", "2025-06-30")
    after = run(database, "list", "--day", "2025-07-01")
    assert "\n    huyen-957  Huyện Phước Long" in before.stdout
    assert "\n      xa-31876  Xã Phước Long" in before.stdout
    assert "\n    xa-31876-2025  Xã Vĩnh Phước" in after.stdout
    assert "huyen-957" not in after.stdout


def test_an_old_name_is_found_in_its_new_area(database: str) -> None:
    found = run(database, "find", "Phuoc Long")
    assert "xa-31867-2025  Xã Phước Long" in found.stdout
    line = next(each for each in found.stdout.splitlines() if each.startswith("xa-31876-2025"))
    assert line.endswith("has whole of Xã Phước Long (xa-31876)")
    as_json = json.loads(run(database, "find", "Phuoc Long", "--json").stdout)
    by = {each["id"]: each["found"]["by"] for each in as_json["areas"]}
    assert by["xa-31876-2025"] == "predecessor"


def test_a_name_that_nothing_has_ends_with_1_and_a_remedy(database: str) -> None:
    found = run(database, "find", "Hà Nội")
    assert found.exit_code == 1
    assert "try fewer words" in found.stdout


def test_an_area_is_shown_with_whom_it_succeeded_and_its_units(database: str) -> None:
    shown = run(database, "show", "xa-31876-2025").stdout
    assert "held by tinh-96-2025  Tỉnh Cà Mau" in shown
    assert "received whole of xa-31876  Xã Phước Long on 2025-07-01" in shown
    assert "unit doi-7  Đội CC&CNCH khu vực 7, covers xa-31876-2025" in shown
    old = json.loads(run(database, "show", "xa-31876", "--json").stdout)
    assert old["stands_for_it"] == ["xa-31876-2025"]


def test_an_area_that_is_not_there_is_named_with_a_remedy(database: str) -> None:
    shown = run(database, "show", "nowhere")
    assert shown.exit_code != 0
    assert "there is no area 'nowhere' in the registry; find it by name" in shown.output


def test_premises_of_a_split_area_are_listed_with_a_suggestion_and_the_row_that_decides(
    database: str,
) -> None:
    found = run(database, "unresolved")
    assert found.exit_code == 1
    assert "premises cho  Chợ Đông Hưng: area_split: xa-32128-2025 or xa-32137-2025" in found.stdout
    assert "the nearest centre is that of xa-32137-2025" in found.stdout
    assert '[[memberships]] id = "1", premises = "cho", area = "xa-32137-2025"' in found.stdout
    assert "areas ap-1  Ấp 1: area_split" in found.stdout
    assert "truong" not in found.stdout
    assert run(database, "unresolved", "--day", "2025-06-30").exit_code == 0
