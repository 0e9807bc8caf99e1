"""Water and units are found near a place, and by the area and the day."""

from datetime import date

from registry.domain.distance import Coordinates
from registry.domain.resources import Resources
from registry.model.registry import Registry

HERE = Coordinates(9.1769, 105.1524)
TANK, HYDRANT = {"name": "Bể", "kind": "tank"}, {"name": "Trụ", "kind": "hydrant"}
SHARED = Registry.model_validate(
    {
        "water": [
            {**TANK, "id": "own", "premises": "cho", "lat": 9.1769, "lon": 105.1524},
            {**TANK, "id": "dry", "premises": "cho", "usable": False},
            {**TANK, "id": "other", "premises": "kho", "lat": 9.177, "lon": 105.1524},
            {**HYDRANT, "id": "near", "lat": 9.1778, "lon": 105.1524},
            {**HYDRANT, "id": "broken", "lat": 9.177, "lon": 105.1524, "usable": False},
            {**HYDRANT, "id": "far", "lat": 9.19, "lon": 105.1524},
            {**HYDRANT, "id": "nowhere"},
        ],
        "units": [
            {"id": "team", "name": "Đội", "kind": "area-team", "lat": 9.18, "lon": 105.15},
            {"id": "before", "name": "Đội cũ", "kind": "station", "lat": 9.177, "lon": 105.1524,
             "valid_to": date(2025, 3, 1)},
            {"id": "own-team", "name": "Đội cơ sở", "kind": "premises-team", "premises": "cho",
             "lat": 9.1769, "lon": 105.1524},
            {"id": "their-team", "name": "Đội cơ sở", "kind": "premises-team", "premises": "kho",
             "lat": 9.1769, "lon": 105.1524},
        ],
        "coverages": [
            {"id": "c1", "unit": "before", "area": "xa"},
            {"id": "c2", "unit": "team", "area": "xa", "valid_from": date(2025, 3, 1)},
            {"id": "c3", "unit": "team", "area": "tinh"},
            {"id": "c4", "unit": "lost", "area": "xa"},
        ],
        "means": [{"id": "xe", "name": "Xe", "kind": "engine", "unit": "team"}],
    }
)  # fmt: skip
RESOURCES = Resources(SHARED)
BEFORE, TODAY = date(2025, 2, 28), date(2026, 11, 29)


def test_public_water_is_usable_and_the_nearest_is_first() -> None:
    found = RESOURCES.public_water(HERE, 5)
    assert [each.thing.id for each in found] == ["near", "far"]
    assert round(found[0].distance_m) == 100


def test_water_of_premises_is_all_that_they_have() -> None:
    assert [each.id for each in RESOURCES.water_of("cho")] == ["own", "dry"]


def test_water_at_hand_can_be_used_and_reached() -> None:
    assert [each.id for each in RESOURCES.water_at_hand("cho", HERE, 150)] == ["own", "near"]
    assert [each.id for each in RESOURCES.water_at_hand("cho", HERE, 50)] == ["own"]
    assert [each.id for each in RESOURCES.water_at_hand("cho", None, 150)] == ["own"]


def test_units_near_are_in_force_and_no_team_of_other_premises() -> None:
    def near(day: date) -> list[str]:
        return [each.thing.id for each in RESOURCES.units_near(HERE, 9, day=day, premises="cho")]

    assert near(TODAY) == ["own-team", "team"]
    assert near(BEFORE) == ["own-team", "before", "team"]


def test_the_responsible_units_are_those_of_the_day_each_once_the_nearest_area_first() -> None:
    def units(day: date) -> list[tuple[str, str]]:
        return [(each.unit.id, each.area) for each in RESOURCES.responsible(("xa", "tinh"), day)]

    assert units(TODAY) == [("team", "xa")]
    assert units(BEFORE) == [("before", "xa"), ("team", "tinh")]


def test_means_are_found_by_their_unit() -> None:
    assert [each.id for each in RESOURCES.means_of("team")] == ["xe"]
    assert list(RESOURCES.means_of("lost")) == []
