"""A market by the river with all that a commander asks for, for tests of what is shown of places."""

from datetime import date
from typing import Any

from registry.model.registry import Registry
from tests.support.communes import RED, registered

PLAN, FIRE_PLAN = "a" * 64, "b" * 64
PHONE, FORM_PHONE = "0912345678", "0290 3831 999"
MARKET = f"cho-{RED}"


def market(commune: str = RED) -> Registry:
    """Return the communes of the tests; the market in *commune* has water, plans, units and a team."""
    rows = registered(commune).model_dump(mode="json", exclude_none=True)
    name = f"cho-{commune}"
    rows["premises"][0] |= {
        "name": "Chợ Đầm Dơi",
        "lat": 9.1769,
        "lon": 105.1524,
        "people": [f"head-{commune}", "leader"],
        "facility": _facility(),
    }
    rows["areas"][1] |= {"people": ["hamlet-head"], "other_names": ["Thới Bình"]}
    rows["contacts"] += [
        {"id": "leader", "name": "Chị Hai", "phone": PHONE, "role": "leader", "language": "vi"},
        {"id": "hamlet-head", "name": "Ông Ba", "phone": "0912345679"},
        {"id": "duty", "name": "Anh Tư", "phone": "0912345680"},
    ]
    rows["rosters"] = [_roster("always", ["duty"])]
    _local(rows, name, commune)
    _shared(rows, name, commune)
    return Registry.model_validate(rows)


def _facility() -> dict[str, Any]:
    return {
        "head": "Ông Năm",
        "head_phone": FORM_PHONE,
        "line_of_business": "Chợ",
        "hazard_class": "C",
        "hazards": "Vải, 20 bình gas",
        "people_by_day": 300,
        "people_by_night": 4,
        "power_cut_off": "Tủ điện, cổng đông",
        "keys": "Phòng bảo vệ",
        "road_width_m": 6.0,
        "engine_places": 2,
        "team_size": 12,
    }


def _roster(name: str, who: list[str]) -> dict[str, Any]:
    shift = {"begin": "00:00:00", "end": "00:00:00", "who": who}
    return {"id": name, "name": name, "shifts": [shift]}


def _local(rows: dict[str, Any], name: str, commune: str) -> None:
    here = {"premises": name}
    rows["buildings"] = [{**here, "id": "nha-a", "name": "Nhà lồng", "floors_above": 1}]
    rows["floors"] = [{**here, "id": "tret", "building": "nha-a", "level": 0, "plan": PLAN}]
    rows["positions"] = [
        {**here, "id": "p1", "floor": "tret", "point": f"smoke-0-{commune}", "x": 0.25, "y": 0.5},
        {
            **here,
            "id": "p2",
            "floor": "tret",
            "zone": f"zone-{commune}",
            "x": 0.5,
            "y": 0.5,
            "outline": [[0, 0], [1, 0], [1, 1]],
        },
    ]
    rows["roads"] = [{**here, "id": "dong", "name": "Cổng đông", "width_m": 4.0, "height_m": 4.2}]
    rows["systems"] = [{**here, "id": "hong", "name": "Họng nước", "state": "impaired"}]
    rows["documents"] = [
        {**here, "id": "anh", "name": "Ảnh cổng", "kind": "photo"},
        {**here, "id": "pa", "name": "Phương án", "kind": "fire-plan", "file": FIRE_PLAN},
    ]


def _shared(rows: dict[str, Any], name: str, commune: str) -> None:
    rows["water"] = [
        {"id": "be", "name": "Bể", "kind": "tank", "premises": name, "engines": 1, "usable": False},
        {"id": "tru", "name": "Trụ 1", "kind": "hydrant", "lat": 9.1778, "lon": 105.1524, "engines": 2},
        {"id": "song", "name": "Sông", "kind": "river", "lat": 9.19, "lon": 105.1524},
        {
            "id": "hong",
            "name": "Trụ hỏng",
            "kind": "hydrant",
            "lat": 9.177,
            "lon": 105.15,
            "usable": False,
        },
        {
            "id": "cua-ho",
            "name": "Bể khác",
            "kind": "tank",
            "premises": "other",
            "lat": 9.177,
            "lon": 105.15,
        },
    ]
    rows["units"] = [
        {
            "id": "doi",
            "name": "Đội khu vực",
            "kind": "area-team",
            "lat": 9.18,
            "lon": 105.15,
            "contacts": ["duty"],
            "roster": "always",
        },
        {"id": "doi-cu", "name": "Đội cũ", "kind": "station", "valid_to": date(2025, 3, 1)},
    ]
    rows["coverages"] = [
        {"id": "moi", "unit": "doi", "area": f"area-{commune}"},
        {"id": "cu", "unit": "doi-cu", "area": f"area-{commune}"},
    ]
    rows["means"] = [
        {"id": "xe-1", "name": "Xe 1", "kind": "engine", "unit": "doi", "roster": "always"},
        {"id": "xe-2", "name": "Xe 2", "kind": "engine", "unit": "doi", "state": "broken"},
    ]
