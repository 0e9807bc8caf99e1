"""The nearest places are those that a look at all of them finds, anywhere on the Earth."""

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.distance import (
    EARTH_RADIUS_M,
    METRES_OF_A_DEGREE,
    Coordinates,
    PlacesByLatitude,
    distance_m,
)

anywhere = st.builds(
    Coordinates,
    st.floats(-90, 90, allow_nan=False),
    st.floats(-180, 180, allow_nan=False),
)
in_a_commune = st.builds(
    Coordinates,
    st.integers(0, 60).map(lambda n: 9.0 + n / 500),
    st.integers(0, 60).map(lambda n: 105 + n / 500),
)
QUARTER = EARTH_RADIUS_M * pi / 2


@given(anywhere, anywhere)
def test_the_way_back_is_as_long_and_none_is_longer_than_half_the_earth(
    one: Coordinates, other: Coordinates
) -> None:
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=1e-3)
    assert 0 <= distance_m(one, other) <= 2 * QUARTER + 1
    assert distance_m(one, one) == 0


@given(anywhere, anywhere, anywhere)
def test_no_way_round_is_shorter(one: Coordinates, other: Coordinates, third: Coordinates) -> None:
    way_round = distance_m(one, third) + distance_m(third, other)
    assert distance_m(one, other) <= way_round + 0.5


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (Coordinates(0, 0), Coordinates(1, 0), METRES_OF_A_DEGREE),
        (Coordinates(90, 0), Coordinates(0, 77), QUARTER),
        (Coordinates(0, 179.5), Coordinates(0, -179.5), METRES_OF_A_DEGREE),
        # Cà Mau and Hà Nội, by any map.
        (Coordinates(9.1769, 105.1524), Coordinates(21.0278, 105.8342), 1_320_000),
    ],
)
def test_known_distances_are_met_within_half_a_percent(
    one: Coordinates, other: Coordinates, metres: float
) -> None:
    assert distance_m(one, other) == pytest.approx(metres, rel=0.005)


@given(st.lists(anywhere | in_a_commune, max_size=40), anywhere | in_a_commune, st.integers(0, 6))
def test_the_nearest_are_those_that_a_look_at_all_of_them_finds(
    places: list[Coordinates], at: Coordinates, count: int
) -> None:
    found = PlacesByLatitude([(each, each) for each in places]).nearest(at, count)
    wanted = sorted(distance_m(at, each) for each in places)[:count]
    assert [each.distance_m for each in found] == pytest.approx(wanted, abs=1e-6)
    assert all(each.distance_m == distance_m(at, each.thing) for each in found)


@given(st.lists(st.tuples(in_a_commune, st.booleans()), max_size=40), in_a_commune, st.integers(1, 6))
def test_what_is_not_wanted_is_passed_over_and_nothing_else(
    places: list[tuple[Coordinates, bool]], at: Coordinates, count: int
) -> None:
    index = PlacesByLatitude([(each[0], each) for each in places])
    found = index.nearest(at, count, wanted=lambda each: each[1])
    wanted = sorted(distance_m(at, each) for each, usable in places if usable)[:count]
    assert [each.distance_m for each in found] == pytest.approx(wanted, abs=1e-6)
