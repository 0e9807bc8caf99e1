"""People find an area by the name that they know, of today or of before the reform."""

from datetime import date
from pathlib import Path

import pytest

from registry.domain.area_history import AreaHistory
from registry.domain.area_search import AreaSearch, FoundBy
from registry.files import read_registry
from registry.model.areas import Area, SuccessionExtent

BEFORE, TODAY = date(2025, 6, 30), date(2026, 11, 29)
DELIVERED = Path(__file__).parents[3] / "deploy" / "registry" / "areas-ca-mau.toml"


@pytest.fixture(scope="module")
def search() -> AreaSearch:
    registry = read_registry([DELIVERED])
    hamlet = Area(
        id="ap-1", name="Ấp Bình Tốt", parent="xa-31876-2025", other_names=("Khu chợ cũ",), code="A-1"
    )
    return AreaSearch(AreaHistory((*registry.areas, hamlet), registry.successions))


def names(search: AreaSearch, text: str, day: date = TODAY) -> list[str]:
    return [each.area.name for each in search.find(text, day)]


@pytest.mark.parametrize("text", ["Xã Phước Long", "phước long", "XA PHUOC LONG", "phuoc  long"])
def test_an_old_name_finds_where_its_territory_is_and_who_has_the_name_now(
    search: AreaSearch, text: str
) -> None:
    found = {each.area.name: each for each in search.find(text, TODAY)}
    assert found["Xã Phước Long"].by is FoundBy.NAME
    trap = found["Xã Vĩnh Phước"]
    assert (trap.by, trap.name, trap.predecessor) == (
        FoundBy.PREDECESSOR,
        "Xã Phước Long",
        "xa-31876",
    )
    assert trap.extent is SuccessionExtent.WHOLE
    assert names(search, text)[0] == "Xã Phước Long"


def test_of_a_day_before_the_reform_the_areas_of_that_day_are_found(search: AreaSearch) -> None:
    found = {each.area.id for each in search.find("phước long", BEFORE)}
    assert found == {"xa-31867", "xa-31876", "huyen-957"}


def test_a_split_commune_finds_all_its_parts_each_as_a_part(search: AreaSearch) -> None:
    found = [each for each in search.find("xã đông hưng", TODAY) if each.predecessor == "xa-32142"]
    assert {each.area.name for each in found} == {"Xã Cái Nước", "Xã Tân Hưng"}
    assert {each.extent for each in found} == {SuccessionExtent.PART}


def test_the_district_that_ended_finds_the_province(search: AreaSearch) -> None:
    assert "Tỉnh Cà Mau" in names(search, "huyện hồng dân")


@pytest.mark.parametrize("text", ["ấp bình tốt", "binh tot", "binh to", "khu chợ cũ", "A-1"])
def test_a_hamlet_is_found_by_each_of_its_names(search: AreaSearch, text: str) -> None:
    assert names(search, text)[0] == "Ấp Bình Tốt"


def test_a_name_that_is_written_with_its_kind_comes_before_others(search: AreaSearch) -> None:
    assert names(search, "Phường Bạc Liêu")[0] == "Phường Bạc Liêu"


@pytest.mark.parametrize("text", ["", "  ", "!?", "Hà Nội"])
def test_a_text_that_names_nothing_finds_nothing(search: AreaSearch, text: str) -> None:
    assert search.find(text, TODAY) == []


def test_each_area_is_found_by_its_own_name(search: AreaSearch) -> None:
    for each in read_registry([DELIVERED]).areas:
        day = BEFORE if each.valid_to is not None else TODAY
        assert each.id in {match.area.id for match in search.find(each.name, day)}
