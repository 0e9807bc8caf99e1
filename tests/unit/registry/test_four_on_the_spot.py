"""Four on the spot: what a commander lacks has a name, and filling a field never costs anything."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.commanders import Commander, CommandPost, commanders
from registry.domain.four_on_the_spot import (
    SpotFacts,
    SpotGap,
    SpotPart,
    SpotScore,
    four_on_the_spot,
)
from registry.domain.index import Index
from registry.model.records import PremisesRecord
from registry.model.registry import Registry
from registry.model.resources import Unit, WaterSource

HASH = "a" * 64
COMPLETE: dict[str, Any] = {
    "team_size": 12,
    "team_assigned": 3,
    "team_leader": "Trần Văn Hai",
    "team_leader_phone": "0901 000 002",
    "motorised_equipment": "1 máy bơm chữa cháy",
    "transmission_device": False,
    "generator_kva": 0.0,
    "power_cut_off": "Tủ điện tổng, cổng đông",
    "keys": "Phòng bảo vệ",
    "road_width_m": 6.0,
    "road_height_m": 4.5,
    "engine_places": 2,
    "people_by_day": 300,
    "people_by_night": 4,
}
LOCAL: dict[str, list[dict[str, Any]]] = {
    "systems": [{"id": "bao-chay", "premises": "cho", "name": "Báo cháy", "state": "working"}],
    "documents": [
        {"id": "pa", "premises": "cho", "name": "Phương án", "kind": "fire-plan", "file": HASH}
    ],
    "floors": [{"id": "tret", "premises": "cho", "level": 0, "plan": HASH}],
}
TANK = WaterSource.model_validate({"id": "be", "name": "Bể", "kind": "tank", "engines": 1})
UNIT = Unit.model_validate({"id": "doi", "name": "Đội khu vực", "kind": "area-team"})
PEOPLE = tuple(
    Commander(post, post.value, phone="0901000000")
    for post in (CommandPost.HEAD, CommandPost.TEAM_LEADER, CommandPost.DELEGATE)
)


def record(facility: dict[str, Any], local: dict[str, list[dict[str, Any]]]) -> PremisesRecord:
    row = {"id": "cho", "name": "Chợ", "facility": facility}
    return PremisesRecord.model_validate({"premises": row, **local})


def scores(facts: SpotFacts) -> dict[SpotPart, SpotScore]:
    return {each.part: each for each in four_on_the_spot(facts)}


def test_premises_of_which_all_is_known_have_nothing_missing() -> None:
    found = scores(SpotFacts(record(COMPLETE, LOCAL), PEOPLE, (TANK,), (UNIT,)))
    assert {each.percent for each in found.values()} == {100}
    assert [each.missing for each in found.values()] == [()] * 4


def test_of_premises_of_which_nothing_is_known_everything_is_missing_once() -> None:
    found = scores(SpotFacts(PremisesRecord()))
    assert {each.percent for each in found.values()} == {0}
    missing = [gap for each in found.values() for gap in each.missing]
    assert sorted(missing) == sorted(SpotGap)


FIELDS = sorted(COMPLETE)
ROWS = sorted(LOCAL)


@given(
    st.sets(st.sampled_from(FIELDS)),
    st.sampled_from(FIELDS),
    st.sets(st.sampled_from(ROWS)),
    st.integers(0, 3),
    st.booleans(),
)
def test_filling_a_field_never_lowers_a_score(
    filled: set[str], one_more: str, tables: set[str], people: int, shared: bool
) -> None:
    def facts(names: set[str]) -> SpotFacts:
        known = {name: COMPLETE[name] for name in names}
        local = {name: LOCAL[name] for name in tables}
        water, units = ((TANK,), (UNIT,)) if shared else ((), ())
        return SpotFacts(record(known, local), PEOPLE[:people], water, units)

    before, after = scores(facts(filled)), scores(facts(filled | {one_more}))
    for part in SpotPart:
        assert after[part].percent >= before[part].percent
        assert set(after[part].missing) <= set(before[part].missing)


@given(st.sets(st.sampled_from(ROWS)), st.sampled_from(ROWS))
def test_adding_rows_never_lowers_a_score(tables: set[str], one_more: str) -> None:
    def facts(names: set[str]) -> SpotFacts:
        return SpotFacts(record({}, {name: LOCAL[name] for name in names}))

    before, after = scores(facts(tables)), scores(facts(tables | {one_more}))
    assert all(after[part].percent >= before[part].percent for part in SpotPart)


@given(st.sets(st.sampled_from(FIELDS)))
def test_a_part_is_complete_exactly_where_nothing_is_missing(filled: set[str]) -> None:
    facts = SpotFacts(record({name: COMPLETE[name] for name in filled}, LOCAL), PEOPLE)
    for each in four_on_the_spot(facts):
        assert (each.percent == 100) == (each.missing == ())
        assert 0 <= each.percent <= 100


REGISTRY: dict[str, Any] = {
    "areas": [
        {"id": "xa", "name": "Xã"},
        {"id": "ap-1", "name": "Ấp 1", "parent": "xa", "people": ["truong-ap", "dan-phong"]},
    ],
    "contacts": [
        {"id": each, "name": each.upper(), "phone": f"+8490100000{number}"}
        for number, each in enumerate(("chu", "doi-truong", "bao-ve", "thay", "truong-ap", "dan-phong"))
    ],
}


def command(premises: dict[str, Any]) -> list[tuple[CommandPost, str]]:
    row = {"id": "cho", "name": "Chợ", "area": "ap-1", **premises}
    index = Index(Registry.model_validate({**REGISTRY, "premises": [row]}))
    found = index.premises("cho")
    return [(each.post, each.name) for each in commanders(index, found, ("ap-1", "xa"))]  # type: ignore[arg-type]


HAMLET = [(CommandPost.HAMLET_HEAD, "TRUONG-AP"), (CommandPost.CIVIL_DEFENCE_LEADER, "DAN-PHONG")]


def test_the_head_commands_then_the_leader_of_the_team_then_delegates_then_the_hamlet() -> None:
    assert command({"people": ["chu", "doi-truong", "bao-ve", "thay"]}) == [
        (CommandPost.HEAD, "CHU"),
        (CommandPost.TEAM_LEADER, "DOI-TRUONG"),
        (CommandPost.DELEGATE, "BAO-VE"),
        (CommandPost.DELEGATE, "THAY"),
        *HAMLET,
    ]


def test_in_a_hamlet_its_head_commands_then_the_leader_of_the_civil_defence() -> None:
    assert command({}) == HAMLET


def test_without_contacts_the_people_of_the_form_command() -> None:
    form = {"head": "Nguyễn Văn An", "team_leader": "Lê Thị Ba"}
    assert command({"facility": form}) == [
        (CommandPost.HEAD, "Nguyễn Văn An"),
        (CommandPost.TEAM_LEADER, "Lê Thị Ba"),
        *HAMLET,
    ]


@pytest.mark.parametrize("people", [["lost"], ["chu", "lost"]])
def test_a_commander_who_is_not_registered_keeps_the_place_in_the_order(people: list[str]) -> None:
    assert [name for _, name in command({"people": people})][len(people) - 1] == "lost"
