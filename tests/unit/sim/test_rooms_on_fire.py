"""A room with a fire: what must hold whatever its size."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_sim.domain.physics.building import (
    OUTSIDE,
    AirHistory,
    Door,
    FireSource,
    RoomSeries,
    simulate_air,
)
from firmware_sim.domain.physics.fuels import FLAMING, SMOLDERING, Fuel, Yields
from firmware_sim.domain.physics.growth import HeatRelease, Smolder, TSquared, WindingDown
from firmware_sim.domain.physics.layer import Room
from firmware_sim.domain.physics.seen import AirAtPlace, DetectorPlace, air_at
from firmware_sim.domain.physics.smoke import co_ppm, optical_density
from tests.support.depth import examples

ROOM = Room("room", 4.0, 5.0, 3.0)
NEXT = Room("next", 4.0, 5.0, 3.0)
OPEN = Door("room", OUTSIDE, 0.9, 2.0)


def fire(
    release: HeatRelease, *, at: tuple[float, float] = (2.0, 2.0), yields: Yields = FLAMING[Fuel.WOOD]
) -> FireSource:
    return FireSource("room", *at, 0.3, 0.0, release, yields)


def steady(kw: float) -> HeatRelease:
    return TSquared(kw / 100.0, kw)


def air(
    burning: FireSource,
    *doors: Door,
    x: float = 3.0,
    room: Room = ROOM,
    rooms: tuple[Room, ...] = (ROOM,),
    until: float = 300.0,
) -> list[AirAtPlace]:
    history = simulate_air(rooms, doors, [burning], ends_s=until)
    return list(air_at(DetectorPlace(room, x, 2.0), [burning], history))


def history(burning: FireSource, *doors: Door, until: float = 300.0) -> AirHistory:
    return simulate_air([ROOM], doors, [burning], ends_s=until)


@settings(max_examples=examples(25), deadline=None)
@given(st.floats(5.0, 400.0), st.floats(1.2, 3.0), st.floats(0.5, 4.0))
def test_a_larger_fire_makes_the_ceiling_hotter_and_the_smoke_thicker(
    kw: float, more: float, x: float
) -> None:
    small, large = (air(fire(steady(each)), OPEN, x=x, until=120.0)[-1] for each in (kw, kw * more))
    assert large.celsius > small.celsius > ROOM.celsius
    assert large.light_m2_kg > small.light_m2_kg


@settings(max_examples=examples(25), deadline=None)
@given(st.floats(5.0, 400.0), st.floats(2.0, 3.9), st.floats(0.05, 1.0))
def test_nearer_to_the_fire_the_ceiling_is_hotter_and_smoke_arrives_first(
    kw: float, x: float, nearer: float
) -> None:
    burning = fire(steady(kw), at=(0.5, 2.0))
    far, near = air(burning, OPEN, x=x, until=60.0), air(burning, OPEN, x=x - nearer, until=60.0)
    assert near[-1].celsius >= far[-1].celsius
    assert first_smoke(near) <= first_smoke(far)


def first_smoke(airs: list[AirAtPlace]) -> int:
    return next(second for second, each in enumerate(airs) if each.light_m2_kg > 0.01)


@settings(max_examples=examples(25), deadline=None)
@given(
    st.floats(0.5, 2000.0),
    st.floats(1.0, 200.0),
    st.sampled_from(list(FLAMING.values())),
    st.booleans(),
)
def test_no_air_is_ever_colder_or_cleaner_than_before_the_fire(
    kw: float, ends_s: float, yields: Yields, has_door: bool
) -> None:
    burning = fire(WindingDown(steady(kw), ends_s=ends_s, decay_s=20.0), yields=yields)
    for each in air(burning, *((OPEN,) if has_door else ()), until=600.0):
        assert ROOM.celsius <= each.celsius < 1500.0
        assert each.light_m2_kg >= 0.0
        assert each.co >= 0.0
        assert each.velocity > 0.0


def test_a_closed_room_fills_to_the_floor_and_the_fire_chokes_on_its_own_smoke() -> None:
    happened = history(fire(steady(300.0)), until=900.0)
    notes = happened.rooms["room"]
    assert notes.interface_m[0] > 2.9
    assert min(notes.interface_m) == pytest.approx(0.05)
    assert happened.heat_kw[0][60] == 300.0
    assert happened.heat_kw[0][-1] < 100.0
    assert min(notes.oxygen) > 0.05


def test_an_open_door_keeps_the_floor_clear_and_the_fire_alive() -> None:
    happened = history(fire(steady(300.0)), OPEN, until=900.0)
    assert happened.heat_kw[0][-1] == 300.0
    assert 0.8 < happened.rooms["room"].interface_m[-1] < 2.0


def test_a_room_cools_and_clears_after_the_fire_is_out() -> None:
    burning = fire(WindingDown(steady(200.0), ends_s=120.0, decay_s=20.0))
    airs = air(burning, OPEN, until=3600.0)
    assert max(each.celsius for each in airs) > 90.0
    assert airs[-1].celsius < 30.0


def test_smoke_goes_through_an_open_door_into_the_next_room_and_through_a_shut_one_it_does_not() -> None:
    burning = fire(steady(100.0))
    rooms = (ROOM, NEXT)
    opened = air(burning, Door("room", "next", 0.9, 2.0), room=NEXT, rooms=rooms)
    shut = air(
        burning, Door("room", "next", 0.9, 2.0, closes_s=0.0, opens_s=1.0), room=NEXT, rooms=rooms
    )
    here = air(burning, Door("room", "next", 0.9, 2.0), rooms=rooms)
    assert {each.light_m2_kg for each in shut} == {0.0}
    assert 0.0 < opened[-1].light_m2_kg < here[-1].light_m2_kg
    assert ROOM.celsius + 5 < opened[-1].celsius < here[-1].celsius
    assert first_smoke(here) < first_smoke(opened)


def test_the_smoke_of_a_room_is_what_the_fuel_made() -> None:
    room = Room("room", 4.0, 5.0, 3.0, air_changes=0.0)
    burning = fire(TSquared(1000.0, 20.0))
    happened = simulate_air([room], [], [burning], ends_s=20.0)
    made = 20.0 * 20.0 / 12.4 * 0.015 * 8.7  # kJ / (kJ/g) * g/g * m2/g
    notes = happened.rooms["room"]
    kg = 353.0 / (297.15 + notes.rise_k[-1]) * 20.0 * (3.0 - notes.interface_m[-1])
    assert notes.light_m2_kg[-1] * kg == pytest.approx(made, rel=0.05)


def test_a_smoldering_fire_is_seen_and_smelled_long_before_it_is_felt() -> None:
    burning = fire(Smolder(0.05, 1800.0, 9.0), yields=SMOLDERING[Fuel.FOAM])
    last = air(burning, until=900.0)[-1]
    assert optical_density(last.light_m2_kg, kelvin=297.0) > 0.2
    assert co_ppm(last.co) > 20.0
    assert last.celsius < ROOM.celsius + 5.0


def test_a_hot_blast_overtakes_the_smoke_of_the_small_fire_before_it() -> None:
    sudden = air(fire(lambda t: 0.001 if t < 30 else 500.0), until=40.0)
    assert sudden[29].celsius < 26.0
    assert sudden[34].celsius > 80.0


def noted(*, interface_m: float, notes: int = 10, kw: float = 1000.0) -> AirHistory:
    """A steady fire below a steady layer that is 100 K hotter than the room."""
    layer = RoomSeries(
        rise_k=[100.0] * notes,
        interface_m=[interface_m] * notes,
        light_m2_kg=[0.0] * notes,
        co=[0.0] * notes,
        oxygen=[0.23] * notes,
    )
    return AirHistory(0.0, {"room": layer}, [[kw] * notes], calm=False)


def test_the_ceiling_is_as_hot_as_the_jet_and_what_the_plume_took_from_the_layer() -> None:
    # 2.7 m above the fire, 1 m beside it: 5.38 * 1000^(2/3) / 2.7 = 199.26; the plume is in clear air
    # for 1.35 m of 2.7, so 1 - 0.5^(5/3) = 0.6850 of it is smoke of the layer.
    burning = fire(steady(1000.0), at=(2.0, 2.0))
    place = DetectorPlace(ROOM, 3.0, 2.0)
    *_, last = air_at(place, [burning], noted(interface_m=0.3 + 1.35))
    assert last.celsius == pytest.approx(24.0 + 199.26 + 68.50, abs=0.1)


def test_smoke_comes_as_late_as_plume_and_jet_take() -> None:
    # 2.7 m up, 10 m away: 0.67 * 2.7^(4/3) / 10 = 0.252 and 10^(11/6) / (1.2 * 10 * 2.7^(1/2)) = 3.455 s
    hall = Room("room", 20.0, 20.0, 3.0)
    airs = list(
        air_at(
            DetectorPlace(hall, 12.0, 2.0), [fire(steady(1000.0), at=(2.0, 2.0))], noted(interface_m=3.0)
        )
    )
    assert first_smoke(airs) == 4
