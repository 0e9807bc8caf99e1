"""The units responsible for an area on a day are found up the tree of areas, and through reforms."""

from collections.abc import Iterable
from datetime import date

from registry.domain.area_history import AreaHistory
from registry.domain.command_tree import CommandTree
from registry.model.areas import Area, Succession
from registry.model.registry import Registry
from registry.model.resources import AreaCoverage, Unit, UnitKind

REFORM, POLICE = date(2025, 7, 1), date(2025, 3, 1)
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 2)

AREAS = [
    Area(id="tinh", name="Tỉnh"),
    Area(id="xa-a", name="Xã A", parent="tinh", valid_to=REFORM),
    Area(id="xa-c", name="Xã C", parent="tinh", valid_from=REFORM),
    Area(id="ap", name="Ấp", parent="xa-a"),
]
SUCCESSIONS = (Succession(id="1", old="xa-a", new="xa-c", day=REFORM),)


def unit(name: str, **fields: object) -> Unit:
    kind = UnitKind.AREA_TEAM
    return Unit.model_validate({"id": name, "name": name, "kind": kind, **fields})


def covers(name: str, area: str, **days: date) -> AreaCoverage:
    return AreaCoverage(id=f"{name}-{area}", unit=name, area=area, **days)


UNITS = [
    unit("c07", kind=UnitKind.NATIONAL_CENTER),
    unit("pc07", kind=UnitKind.PROVINCIAL_CENTER, parent="c07"),
    unit("district", parent="pc07", valid_to=POLICE),
    unit("team-7", parent="district"),
    unit("team-8", parent="pc07", valid_from=REFORM),
]


def tree(units: Iterable[Unit], *coverages: AreaCoverage) -> CommandTree:
    shared = Registry(units=tuple(units), coverages=coverages, successions=SUCCESSIONS)
    return CommandTree(shared, AreaHistory(AREAS, SUCCESSIONS))


TREE = tree(
    UNITS,
    covers("pc07", "tinh"),
    covers("team-7", "xa-a"),
    covers("team-8", "xa-c"),
    covers("district", "xa-a"),
)


def responsible(area: str, day: date, of: CommandTree = TREE) -> list[tuple[str, str]]:
    return [(each.unit.id, each.area) for each in of.responsible_units(area, day)]


def test_a_unit_that_covers_the_province_is_responsible_for_each_commune_behind_its_own() -> None:
    assert responsible("xa-a", BEFORE) == [("team-7", "xa-a"), ("pc07", "tinh")]


def test_a_hamlet_has_the_units_of_its_commune() -> None:
    assert responsible("ap", BEFORE) == [("team-7", "xa-a"), ("pc07", "tinh")]


def test_a_coverage_of_an_area_that_ended_goes_on_for_its_successor() -> None:
    assert responsible("xa-c", AFTER) == [("team-8", "xa-c"), ("team-7", "xa-c"), ("pc07", "tinh")]
    assert responsible("xa-a", AFTER) == responsible("xa-c", AFTER)


def test_a_coverage_and_a_unit_count_on_their_own_days_alone() -> None:
    ended = tree(UNITS, covers("team-7", "xa-a", valid_to=REFORM))
    assert responsible("xa-a", BEFORE, ended) == [("team-7", "xa-a")]
    assert responsible("xa-c", AFTER, ended) == []
    assert ("district", "xa-a") in responsible("xa-a", date(2025, 2, 28))


def test_the_chain_of_command_passes_over_a_unit_that_ended() -> None:
    chain = [each.id for each in TREE.chain_of_command("team-7", AFTER)]
    assert chain == ["pc07", "c07"]
    before = [each.id for each in TREE.chain_of_command("team-7", date(2025, 2, 28))]
    assert before == ["district", "pc07", "c07"]


def test_a_ring_of_units_ends() -> None:
    ring = tree([unit("a", parent="b"), unit("b", parent="a")])
    assert [each.id for each in ring.chain_of_command("a", AFTER)] == ["b"]
