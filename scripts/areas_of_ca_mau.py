"""Writes the areas of the province Cà Mau, before and after 2025-07-01, as a file of the registry.

It reads two packages, in an environment of their own; nothing else needs them::

    python -m venv /tmp/areas
    /tmp/areas/bin/pip install vietnam-provinces==2025.10.1 vietnamadminunits==1.0.4
    /tmp/areas/bin/python scripts/areas_of_ca_mau.py > deploy/registry/areas-ca-mau.toml
"""

import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DAY = "2025-07-01"
PROVINCE, PROVINCE_KEY = "Tỉnh Cà Mau", "tinhcamau"
NEW_PROVINCE = "tinh-96-2025"

EXPECTED = {"xã": 55, "phường": 9, "old communes": 164, "split": 19, "from Bạc Liêu": 25}
"""What resolution 1655/NQ-UBTVQH15 made: 64 communes out of 164, of which 19 were split."""

HEADER = """\
# Đơn vị hành chính tỉnh Cà Mau, trước và sau ngày 01/07/2025 (areas of Cà Mau and their predecessors).
#
# Written by scripts/areas_of_ca_mau.py; do not edit. To import beside the registry (docs/registry.md).
# Source: the package vietnamadminunits {units}, MIT licence (areas-LICENSE.txt beside this file),
# Copyright (c) 2025 Tran Ngoc Minh Hieu, https://github.com/tranngocminhhieu/vietnamadminunits.
# Codes and names were held against the package vietnam-provinces {provinces},
# https://github.com/sunshine-tech/VietnamProvinces, and counts against resolution 1655/NQ-UBTVQH15.
# Coordinates are centre points, not borders.
#
# Ids: KIND-CODE-YEAR with the year of the first day; areas from before 2025-07-01 have no first day
# here and no year. The code alone names nothing over time: all 64 new ones were used before.
"""


class WrongSource(Exception):
    """The packages do not say what the resolution says."""


@dataclass(frozen=True, slots=True)
class OldCommune:
    """A commune before the reform, and its district and province."""

    code: str
    name: str
    lat: float
    lon: float
    district: tuple[str, str]
    province: tuple[str, str]


@dataclass(frozen=True, slots=True)
class NewCommune:
    """A commune since the reform."""

    code: str
    name: str
    kind: str
    lat: float
    lon: float


def main() -> None:
    """Print the file; end with 1 where the packages do not fit the resolution."""
    try:
        sys.stdout.write(areas_file(_folder("vietnamadminunits"), _folder("vietnam_provinces")))
    except WrongSource as error:
        sys.exit(f"areas_of_ca_mau: {error}; use the versions named at the top of this script")


def areas_file(units: Path, provinces: Path) -> str:
    """Return the file made of the data in the folders of both packages."""
    converter = json.loads((units / "data" / "converter_2025.json").read_text())
    with sqlite3.connect(units / "data" / "dataset.db") as database:
        old, new = dict(_old_communes(database)), dict(_new_communes(database))
    shares = [*_wholes(converter), *_parts(converter)]
    _check_codes(new.values(), provinces)
    _check_counts(old, new, shares)
    head = HEADER.format(provinces=version("vietnam-provinces"), units=version("vietnamadminunits"))
    areas = sorted(_areas(old.values(), new.values()), key=lambda row: str(row["id"]))
    successions = sorted(_successions(old, new, shares), key=lambda row: str(row["id"]))
    tables = [_table("areas", row) for row in areas]
    return "\n".join([head, *tables, *(_table("successions", row) for row in successions)])


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise WrongSource(f"{package} is not installed")
    return Path(spec.submodule_search_locations[0])


def _old_communes(database: sqlite3.Connection) -> Iterator[tuple[str, OldCommune]]:
    """Yield each old commune by the key that the converter has for it."""
    rows = database.execute(
        "SELECT provinceKey, districtKey, wardKey, wardCode, ward, wardLat, wardLon, districtCode, "
        "district, provinceCode, province FROM admin_units_legacy WHERE provinceCode IN ('95', '96') "
        "AND wardCode IS NOT NULL"
    )
    for province, district, ward, code, name, lat, lon, *above in rows:
        key = f"{province}_{district}_{ward}"
        yield key, OldCommune(code, name, lat, lon, (above[0], above[1]), (above[2], above[3]))


def _new_communes(database: sqlite3.Connection) -> Iterator[tuple[str, NewCommune]]:
    rows = database.execute(
        "SELECT wardKey, wardCode, ward, wardType, wardLat, wardLon FROM admin_units "
        "WHERE province = ? AND wardCode IS NOT NULL",
        (PROVINCE,),
    )
    for key, code, name, kind, lat, lon in rows:
        yield key, NewCommune(code, name, kind.lower(), lat, lon)


def _wholes(converter: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the keys of old and new where all of the old one went to one new commune."""
    for new, olds in converter["DICT_PROVINCE_WARD_NO_DIVIDED"][PROVINCE_KEY].items():
        yield from ((old, new, "whole") for old in olds)


def _parts(converter: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for old, news in converter["DICT_PROVINCE_WARD_DIVIDED"][PROVINCE_KEY].items():
        yield from ((old, new["newWardKey"], "part") for new in news)


def _check_codes(new: Iterable[NewCommune], provinces: Path) -> None:
    """Hold the codes and names of one package against those of the other."""
    listed = json.loads((provinces / "data" / "nested-divisions.json").read_text())
    wards = next(each["wards"] for each in listed if each["codename"] == "ca_mau")
    theirs = {f"{each['code']:05d}": each["name"] for each in wards}
    ours = {each.code: each.name for each in new}
    if theirs != ours:
        differing = sorted(set(theirs.items()) ^ set(ours.items()))
        raise WrongSource(f"the packages differ in {differing[:4]}")


def _check_counts(
    old: Mapping[str, OldCommune], new: Mapping[str, NewCommune], shares: list[tuple[str, str, str]]
) -> None:
    kinds = Counter(each.kind for each in new.values())
    of_bac_lieu = {share[1] for share in shares if old[share[0]].province[0] == "95"}
    found = {
        "xã": kinds["xã"],
        "phường": kinds["phường"],
        "old communes": len({share[0] for share in shares} & old.keys()),
        "split": len({share[0] for share in shares if share[2] == "part"}),
        "from Bạc Liêu": len(of_bac_lieu),
    }
    if found != EXPECTED or len(old) != EXPECTED["old communes"]:
        raise WrongSource(f"the packages have {found} out of {len(old)}, the resolution {EXPECTED}")


Row = dict[str, str | float]


def _areas(old: Iterable[OldCommune], new: Iterable[NewCommune]) -> Iterator[Row]:
    yield {"id": "viet-nam", "name": "Việt Nam", "kind": "country"}
    yield _area(NEW_PROVINCE, PROVINCE, "viet-nam", code="96", kind="province") | {"valid_from": DAY}
    olds = list(old)
    for code, name in {each.province for each in olds}:
        yield _area(f"tinh-{code}", name, "viet-nam", code=code, kind="province") | {"valid_to": DAY}
    for (code, name), province in {(each.district, each.province[0]) for each in olds}:
        above = f"tinh-{province}"
        yield _area(f"huyen-{code}", name, above, code=code, kind="district") | {"valid_to": DAY}
    for each in olds:
        row = _area(
            f"xa-{each.code}", each.name, f"huyen-{each.district[0]}", code=each.code, kind="commune"
        )
        yield row | {"valid_to": DAY, "lat": each.lat, "lon": each.lon}
    for one in new:
        row = _area(_new_id(one), one.name, NEW_PROVINCE, code=one.code, kind="commune")
        yield row | {"valid_from": DAY, "lat": one.lat, "lon": one.lon}


def _area(name: str, label: str, parent: str, *, code: str, kind: str) -> Row:
    return {"id": name, "name": label, "parent": parent, "code": code, "kind": kind}


def _new_id(commune: NewCommune) -> str:
    return f"xa-{commune.code}-2025"


def _successions(
    old: Mapping[str, OldCommune], new: Mapping[str, NewCommune], shares: list[tuple[str, str, str]]
) -> Iterator[Row]:
    """Yield who received whom; districts ended, and the province received what they held."""
    for before, after, extent in shares:
        yield _succession(f"xa-{old[before].code}", _new_id(new[after]), extent)
    for code in {each.district[0] for each in old.values()}:
        yield _succession(f"huyen-{code}", NEW_PROVINCE, "whole")
    for code in {each.province[0] for each in old.values()}:
        yield _succession(f"tinh-{code}", NEW_PROVINCE, "whole")


def _succession(old: str, new: str, extent: str) -> Row:
    return {"id": f"{old}-to-{new}", "old": old, "new": new, "extent": extent, "day": DAY}


def _table(name: str, row: Row) -> str:
    lines = (f"{key} = {_value(key, value)}" for key, value in row.items())
    return "\n".join([f"[[{name}]]", *lines, ""])


def _value(key: str, value: str | float) -> str:
    is_day = key in {"day", "valid_from", "valid_to"}
    return str(value) if is_day else json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
