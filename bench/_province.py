"""A registry of the size of the country's largest part: premises with all their rows, people, areas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

POINTS_OF_PREMISES = 10
"""Points of each premises."""

CONTACTS_OF_PREMISES = 3
"""People of each premises."""

ROOMS = "Phòng trực", "Kho hàng", "Hành lang tầng 1", "Bếp", "Phòng máy", "Sảnh"


def province(points: int, communes: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows of a registry with so many *points* and *communes*, each with its table."""
    places = points // POINTS_OF_PREMISES
    yield "areas", {"id": "tinh", "name": "Cà Mau", "kind": "province"}
    for number in range(communes):
        commune = {"id": f"xa-{number:05d}", "name": f"Xã Tân Hưng {number}", "parent": "tinh"}
        yield "areas", commune | {"kind": "commune", "code": f"{number:05d}"}
    notify = [{"after_s": 0, "notify": ["premises", "command-center"]}]
    yield "policies", {"id": "thuong", "stages": notify}
    for number in range(places):
        yield from _people(number)
        yield from _premises(number, f"xa-{number % communes:05d}")


def write_toml(rows: Iterator[tuple[str, dict[str, Any]]], file: Path) -> None:
    """Write *rows* to *file*."""
    with file.open("w") as opened:
        for table, row in rows:
            opened.write(f"[[{table}]]\n")
            opened.writelines(f"{key} = {_value(value)}\n" for key, value in row.items())


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _people(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for turn in range(CONTACTS_OF_PREMISES):
        phone = f"+8491{number:05d}{turn:02d}"
        name = f"Nguyễn Văn {number} {turn}"
        row = {"id": f"nguoi-{number:05d}-{turn}", "name": name, "role": "Đội trưởng", "phone": phone}
        yield (
            "contacts",
            row | {"topic": f"doi/{number}/{turn}", "webhook": f"https://example.vn/{number}"},
        )


def _premises(number: int, area: str) -> Iterator[tuple[str, dict[str, Any]]]:
    name = f"coso-{number:05d}"
    people = [f"nguoi-{number:05d}-{turn}" for turn in range(CONTACTS_OF_PREMISES)]
    place = {"id": name, "name": f"Cơ sở sản xuất số {number}", "area": area, "people": people}
    where = {"address": f"{number} Nguyễn Trãi", "lat": 9.0 + number / 1e5, "lon": 105.1}
    yield "premises", place | where | {"policy": "thuong", "facility": _facility(number)}
    yield "gateways", {"id": "gw-1", "premises": name, "name": "Tủ trung tâm"}
    for block in range(2):
        row = {"id": f"khoi-{block}", "premises": name, "name": f"Khối nhà {block}", "exits": 2}
        yield "buildings", row | {"area_m2": 450.0, "floors_above": 2, "use": "Sản xuất"}
        yield (
            "floors",
            {"id": f"tang-{block}", "premises": name, "building": f"khoi-{block}", "level": 0},
        )
        zone = {"id": f"khu-{block}", "premises": name, "name": f"Khu vực {block}"}
        yield "zones", zone | {"building": f"khoi-{block}"}
    yield "systems", {"id": "bao-chay", "premises": name, "name": "Báo cháy tự động", "state": "working"}
    road = {"id": "cong", "premises": name, "name": "Cổng chính", "width_m": 6.0, "height_m": 4.5}
    yield "roads", road
    for point in range(POINTS_OF_PREMISES):
        yield "points", _point(name, number, point)


def _point(premises: str, number: int, point: int) -> dict[str, Any]:
    row = {"id": f"khoi-{point:02d}", "premises": premises, "zone": f"khu-{point % 2}"}
    kind = {"gateway": "gw-1", "kind": "smoke", "place": ROOMS[point % len(ROOMS)]}
    made = {"make": "Hochiki", "model": "SOC-24VN", "serial": f"SN{number:05d}{point:02d}"}
    return row | kind | made | {"address": f"L1-{point:03d}"}


def _facility(number: int) -> dict[str, Any]:
    return {
        "line_of_business": "Kho hàng hóa",
        "year_in_use": 1990 + number % 30,
        "head": f"Trần Thị {number}",
        "head_phone": f"09{number:08d}",
        "ownership": "private",
        "managed_by": "commune",
        "hazard_class": "C",
        "site_area_m2": 900.0,
        "fire_height_m": 12.0,
        "floors_above": 2,
        "people_by_day": 40 + number % 50,
        "people_by_night": 3,
        "road_width_m": 6.0,
        "engine_parking": "Sân trước cổng chính",
        "power_cut_off": "Tủ điện cạnh phòng bảo vệ",
    }
