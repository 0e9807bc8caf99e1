"""A registry that is stored in parts is the same registry, and answers the same questions alike."""

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain import places as places_module
from registry.domain.canonical import canonical
from registry.domain.index import Index
from registry.domain.parts import ROWS_IN_PART, encoded_places, lines_of, packed, shared_of
from registry.domain.places import FEWEST_KEPT, EncodedPlaces, StoredPlaces
from registry.domain.records import joined
from registry.model.places import Point, PointKind
from registry.model.records import PremisesRecord
from registry.model.registry import Registry
from registry.model.rows import STORED
from tests.stories.alerting.house import MARKET

NAMES = "a", "b", "c-1"
ZONES = "ground", "roof"

PREMISES = st.fixed_dictionaries(
    {"name": st.sampled_from(["Nhà phố", "Chợ\n\u2028An Bình"])},
    optional={
        "area": st.just("ward"),
        "policy": st.sampled_from(["day", "unknown"]),
        "people": st.lists(st.sampled_from(["an", "binh"]), max_size=2),
    },
)
ZONE = st.fixed_dictionaries({"name": st.just("Tầng")}, optional={"confirmed_with": st.just(["roof"])})
POINT = st.fixed_dictionaries(
    {
        "zone": st.sampled_from([*ZONES, "lost"]),
        "gateway": st.just("gw"),
        "kind": st.sampled_from(list(PointKind)),
        "place": st.sampled_from(["", "Phòng ngủ", "Hành lang"]),
    }
)


def rows(values: Any, *keys: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows with distinct keys: an id, or premises and an id."""
    named = ("premises", "id")[-len(keys) :]
    found = st.dictionaries(st.tuples(*map(st.sampled_from, keys)), values, max_size=6)
    return found.map(
        lambda each: [{**dict(zip(named, key, strict=True)), **row} for key, row in each.items()]
    )


REGISTRIES = st.fixed_dictionaries(
    {
        "areas": st.just([{"id": "ward", "name": "Phường", "team": ["an"]}]),
        "contacts": st.just([{"id": "an", "name": "An"}]),
        "policies": st.just([{"id": "day", "stages": [{"after_s": 0, "notify": ["an"]}]}]),
        "premises": rows(PREMISES, NAMES),
        "zones": rows(ZONE, NAMES, ZONES),
        "gateways": rows(st.just({"name": "GW"}), NAMES, ("gw", "gw-2")),
        "points": rows(POINT, NAMES, ("smoke-1", "smoke-2", "heat-1")),
    }
).map(lambda content: Registry.model_validate(content, context=STORED))


def stored(registry: Registry) -> Index:
    """The index over *registry* as it comes back from its parts."""
    first, *others = [lines_of(part.content) for part in packed(registry)]
    places = EncodedPlaces()
    for lines in others:
        for line in lines:
            places.add(line)
    return Index(shared_of(first), places=StoredPlaces(places))


def answers(index: Index) -> list[object]:
    """The answers of *index* to every question about every name, also about ones that nobody has."""
    found: list[object] = [set(index.gateway_keys()), index.people(), index.shared]
    for premises in (*NAMES, "lost"):
        points = index.points_of(premises)
        found += [
            index.premises(premises),
            index.policy(premises),
            index.area_team(premises, date(2026, 11, 29)),
            points,
            index.zones_of_points(premises),
            {name: index.is_alone(point) for name, point in points.items()},
            {name: {each.id for each in index.partners(point)} for name, point in points.items()},
            [index.zone(premises, each) for each in (*ZONES, "lost")],
            [index.gateway(premises, each) for each in ("gw", "gw-2", "lost")],
            [index.point(premises, each) for each in ("smoke-1", "smoke-2", "heat-1", "lost")],
        ]
    return found


@given(REGISTRIES)
def test_a_registry_that_is_decoded_as_it_is_needed_answers_as_the_whole_one_does(
    registry: Registry,
) -> None:
    assert answers(stored(registry)) == answers(Index(registry))


@given(REGISTRIES)
def test_the_parts_of_a_registry_are_together_the_same_registry(registry: Registry) -> None:
    first, *others = [lines_of(part.content) for part in packed(registry)]
    found = [
        PremisesRecord.model_validate_json(line, context=STORED) for lines in others for line in lines
    ]
    assert canonical(joined(shared_of(first), found)) == canonical(registry)


def many(premises: int, points: int) -> Registry:
    """So many *premises* with so many *points* each."""
    local = [
        (f"p-{number:04d}", f"smoke-{each}") for number, each in product(range(premises), range(points))
    ]
    return Registry.model_validate(
        {
            "premises": [{"id": f"p-{number:04d}", "name": "Nhà"} for number in range(premises)],
            "points": [
                {"id": name, "premises": each, "zone": "all", "gateway": "gw", "kind": "smoke"}
                for each, name in local
            ],
        }
    )


def test_no_part_holds_much_more_than_a_millisecond_of_rows() -> None:
    parts = list(packed(many(300, 9)))
    assert [len(lines_of(each.content)) for each in parts[1:-1]] == [ROWS_IN_PART // 10] * 14
    assert [each.first for each in parts[:3]] == ["", "p-0000", "p-0020"]


def test_only_the_premises_that_were_asked_for_last_are_kept_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places_module, "ROWS_KEPT", FEWEST_KEPT)
    places = StoredPlaces(encoded_places(many(3 * FEWEST_KEPT, 300)))
    index = Index(Registry(), places=places)
    for number in range(3 * FEWEST_KEPT):
        assert isinstance(index.point(f"p-{number:04d}", "smoke-0"), Point)
    assert places.kept == FEWEST_KEPT


def test_the_first_premises_stay_decoded_until_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places_module, "FRESH_ROWS", 100)
    encoded = encoded_places(many(30, 9))
    places = StoredPlaces(encoded)
    first = [f"p-{number:04d}" for number in range(10)]
    assert list(encoded.fresh) == first

    assert [len(places.place(name).points) for name in (*first, "p-0029")] == [9] * 11
    assert encoded.fresh == {}


@pytest.mark.parametrize(
    "wrong",
    [b'{"premises": {"id": "a", "name": "A", "sirens": 3}}', b'{"points": [{"id": "A B"}]}', b"{}", b""],
)
def test_a_record_that_cannot_be_used_is_refused_as_it_is_added(wrong: bytes) -> None:
    with pytest.raises(ValueError, match=r"validation error|has no row"):
        EncodedPlaces().add(wrong)


def test_a_damaged_part_names_the_remedy() -> None:
    part = next(packed(MARKET))
    with pytest.raises(ValueError, match=r"a part of the registry is damaged .* import it again"):
        lines_of(part.content[:-5])


def test_who_is_on_duty_and_by_which_policy_is_known_without_any_premises() -> None:
    index = stored(MARKET)
    assert index.policy("cho") == Index(MARKET).policy("cho")
    assert index.on_duty("district", datetime(2026, 11, 23, tzinfo=UTC)) is None
