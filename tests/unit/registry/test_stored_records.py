"""A registry that is stored as records is the same registry, and answers the same questions alike."""

import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain import places as places_module
from registry.domain.canonical import canonical
from registry.domain.encoded_records import PREMISES as PREMISES_TABLE
from registry.domain.encoded_records import (
    decoded_row,
    encoded,
    encoded_registry,
    record_json,
    registry_of,
)
from registry.domain.index import Index
from registry.domain.places import FEWEST_KEPT, EncodedPlaces, PlaceDecoder, StoredPlaces
from registry.domain.shared_tables import tables_of
from registry.model.contacts import Contact
from registry.model.places import Point, PointKind
from registry.model.registry import Registry
from registry.model.rows import STORED, Row
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
    """The index over *registry* as it comes back from its records."""
    shared, places = dict[str, dict[str, Row]](), EncodedPlaces()
    for key, record in encoded_registry(registry).items():
        if key.table == PREMISES_TABLE:
            places.add(record.content)
        else:
            row = decoded_row(key.table, record.content)
            shared.setdefault(key.table, {})[key.name] = row
    return Index(Registry(), places=StoredPlaces(places), shared=tables_of(shared))


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
def test_the_records_of_a_registry_are_together_the_same_registry(registry: Registry) -> None:
    found = [(key, record.content) for key, record in encoded_registry(registry).items()]
    assert canonical(registry_of(found)) == canonical(registry)


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


def test_only_the_premises_that_were_asked_for_last_are_kept_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places_module, "ROWS_KEPT", FEWEST_KEPT)
    encoded = places_of(many(3 * FEWEST_KEPT, 300))
    decoder = PlaceDecoder(encoded.decoded_at_most)
    index = Index(Registry(), places=StoredPlaces(encoded, decoder))
    for number in range(3 * FEWEST_KEPT):
        assert isinstance(index.point(f"p-{number:04d}", "smoke-0"), Point)
    assert decoder.kept == FEWEST_KEPT


def test_a_premises_that_was_decoded_to_check_it_is_not_decoded_again() -> None:
    encoded = EncodedPlaces()
    [content] = [each.content for _, each in encoded_registry(many(1, 9)).items()]
    decoder = PlaceDecoder(fresh={content: encoded.add(content)})
    places = StoredPlaces(encoded, decoder)
    assert decoder.fresh == 1
    assert len(places.place("p-0000").points) == 9
    assert (decoder.fresh, decoder.kept) == (0, 1)


@pytest.mark.parametrize(
    "wrong",
    [b'{"premises": {"id": "a", "name": "A", "sirens": 3}}', b'{"points": [{"id": "A B"}]}', b"{}", b""],
)
def test_a_record_that_cannot_be_used_is_refused_as_it_is_added(wrong: bytes) -> None:
    with pytest.raises(ValueError, match=r"validation error|has no row"):
        EncodedPlaces().add(zlib.compress(wrong))


def places_of(registry: Registry) -> EncodedPlaces:
    """The premises of *registry* as they are stored."""
    places = EncodedPlaces()
    for key, record in encoded_registry(registry).items():
        if key.table == PREMISES_TABLE:
            places.add(record.content)
    return places


@pytest.mark.parametrize("damage", [lambda whole: whole[:-5], lambda whole: b"x" + whole, lambda _: b""])
def test_a_damaged_record_names_the_remedy(damage: Callable[[bytes], bytes]) -> None:
    record = next(iter(encoded_registry(MARKET).values()))
    with pytest.raises(ValueError, match=r"a record of the registry is damaged .* import it again"):
        record_json(damage(record.content))


def test_a_field_with_its_default_is_not_part_of_what_is_compared() -> None:
    short = Contact(id="an", name="An")
    full = Contact(id="an", name="An", role="", language="vi", progress=False, quiet=None)
    assert encoded(short) == encoded(full)
    assert record_json(encoded(full).content) == b'{"id":"an","name":"An"}'


def test_who_is_on_duty_and_by_which_policy_is_known_without_any_premises() -> None:
    index = stored(MARKET)
    assert index.policy("cho") == Index(MARKET).policy("cho")
    assert index.on_duty("district", datetime(2026, 11, 23, tzinfo=UTC)) is None
