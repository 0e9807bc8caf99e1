"""The areas of Cà Mau that are delivered are those of the reform of 2025, old and new."""

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from registry.domain.area_history import AreaHistory
from registry.files import read_registry
from registry.model.areas import Area, AreaKind, SuccessionExtent
from registry.model.registry import Registry

ROOT = Path(__file__).parents[3]
FILE = ROOT / "deploy" / "registry" / "areas-ca-mau.toml"
LISTED = ROOT.parent / "shared" / "data" / "areas" / "camau_old_new_wards.csv"
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 2)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read_registry([FILE])


@pytest.fixture(scope="module")
def history(registry: Registry) -> AreaHistory:
    return AreaHistory(registry.areas, registry.successions)


def communes(registry: Registry, *, new: bool) -> Sequence[Area]:
    found = (each for each in registry.areas if each.kind is AreaKind.COMMUNE)
    return [each for each in found if (each.valid_from is not None) == new]


def test_the_province_has_64_communes_out_of_164_old_ones(registry: Registry) -> None:
    new = communes(registry, new=True)
    kinds = Counter(each.name.split()[0] for each in new)
    assert kinds == {"Xã": 55, "Phường": 9}
    assert len(communes(registry, new=False)) == 164
    assert {each.parent for each in new} == {"tinh-96-2025"}


def test_all_64_codes_named_another_commune_before(registry: Registry) -> None:
    old = {each.code: each for each in communes(registry, new=False)}
    new = {each.code: each for each in communes(registry, new=True)}
    assert new.keys() <= old.keys()
    assert sum(old[code].name != each.name for code, each in new.items()) == 43


def test_nineteen_old_communes_were_split_and_all_others_went_whole(registry: Registry) -> None:
    parts = Counter(each.old for each in registry.successions if each.extent is SuccessionExtent.PART)
    assert len(parts) == 19
    assert min(parts.values()) == 2


def test_each_old_commune_is_somewhere_after_the_reform(
    registry: Registry, history: AreaHistory
) -> None:
    split = 0
    for each in communes(registry, new=False):
        assert history.on_day(each.id, BEFORE).area == each.id
        found = history.on_day(each.id, AFTER)
        assert found.areas
        split += not found.is_decided
    assert split == 19


def test_old_phuoc_long_lies_in_new_vinh_phuoc(registry: Registry, history: AreaHistory) -> None:
    old = next(each for each in communes(registry, new=False) if each.name == "Xã Phước Long")
    found = history.on_day(old.id, AFTER).area
    assert found is not None
    assert history.areas[found].name == "Xã Vĩnh Phước"


def test_each_table_is_sorted_by_its_ids(registry: Registry) -> None:
    for table in (registry.areas, registry.successions):
        ids = [each.id for each in table]
        assert ids == sorted(ids)


def test_the_file_names_its_source_and_licence() -> None:
    head = FILE.read_text().partition("[[")[0]
    assert "MIT licence" in head
    assert "1655/NQ-UBTVQH15" in head
    assert (FILE.parent / "areas-LICENSE.txt").read_text().startswith("MIT License")


@pytest.mark.skipif(not LISTED.exists(), reason="the list to compare with is not on this machine")
def test_the_file_says_what_the_list_of_the_resolution_says(
    registry: Registry, history: AreaHistory
) -> None:
    with LISTED.open(newline="") as file:
        rows = list(csv.DictReader(file))
    listed = {(f"xa-{row['old_ward_code']}", f"xa-{row['new_code']}-2025") for row in rows}
    ours = {(each.old, each.new) for each in registry.successions if each.old.startswith("xa-")}
    assert ours == listed
    for row in rows:
        new, old = (
            history.areas[name] for name in (f"xa-{row['new_code']}-2025", f"xa-{row['old_ward_code']}")
        )
        assert (new.name, old.name) == (row["new_name"], row["old_ward"])
        assert old.parent == f"huyen-{row['old_district_code']}"
