"""The formulas of the trade against values worked out by hand, with a pocket calculator's logarithms."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.domain.physics import ceiling_jet, transport
from firmware_sim.domain.physics.doors import exchange, outflow
from firmware_sim.domain.physics.elements import GasCell, HeatElement, SmokeChamber
from firmware_sim.domain.physics.growth import ALPHA, Given, Growth, Smolder, TSquared, WindingDown
from firmware_sim.domain.physics.plume import entrained
from firmware_sim.domain.physics.smoke import co_ppm, optical_density

heats = st.floats(1.0, 20_000.0)
heights = st.floats(1.5, 15.0)
radii = st.floats(0.0, 30.0)


@pytest.mark.parametrize(
    ("radius", "kelvin", "m_s"),
    [
        # 16.9 * 100 / 3^(5/3) = 1690 / 6.2403; 0.96 * 333.33^(1/3) = 0.96 * 6.9336
        (0.0, 270.82, 6.656),
        # r/H = 0.167: still the heat of the plume; 0.195 * 10 * 1.7321 / 0.5^(5/6) = 3.3775 / 0.5612
        (0.5, 270.82, 6.018),
        # 5.38 * 333.33^(2/3) / 3 = 5.38 * 48.075 / 3; 3.3775 / 3^(5/6) = 3.3775 / 2.4982
        (3.0, 86.21, 1.3520),
    ],
)
def test_the_ceiling_jet_of_a_megawatt_below_three_meters(
    radius: float, kelvin: float, m_s: float
) -> None:
    jet = {"height_m": 3.0, "radius_m": radius}
    assert ceiling_jet.excess_temperature(1000.0, **jet) == pytest.approx(kelvin, rel=1e-3)
    assert ceiling_jet.velocity(1000.0, **jet) == pytest.approx(m_s, rel=1e-3)


@given(heats, heights, radii, st.floats(1.01, 5.0))
def test_a_larger_fire_has_a_hotter_and_faster_jet(
    heat: float, height: float, radius: float, more: float
) -> None:
    for formula in (ceiling_jet.excess_temperature, ceiling_jet.velocity):
        smaller = formula(heat, height_m=height, radius_m=radius)
        assert formula(heat * more, height_m=height, radius_m=radius) > smaller > 0


@given(heats, heights, radii, st.floats(0.0, 10.0))
def test_nowhere_is_hotter_than_nearer_to_the_fire(
    heat: float, height: float, radius: float, further: float
) -> None:
    near = ceiling_jet.excess_temperature(heat, height_m=height, radius_m=radius)
    far = ceiling_jet.excess_temperature(heat, height_m=height, radius_m=radius + further)
    assert far <= near * 1.001  # the two branches meet within a thousandth at r/H = 0.18


@pytest.mark.parametrize(
    ("convected", "height", "kg_s"),
    [
        (700.0, 3.0, 5.194),  # above the flames: 0.071 * 8.8790 * 6.2403 + 1.26
        (700.0, 1.0, 1.630),  # within them, as they reach 2.28 m: 0.032 * 50.94
        (0.0, 3.0, 0.0),
        (700.0, -0.5, 0.0),
    ],
)
def test_the_air_that_a_plume_takes_along(convected: float, height: float, kg_s: float) -> None:
    assert entrained(convected, height_m=height) == pytest.approx(kg_s, rel=1e-3)


def test_the_lag_of_a_megawatt_below_three_meters() -> None:
    # 0.67 * 3^(4/3) / 10 = 0.67 * 4.3267 / 10; 3^(11/6) / (1.2 * 10 * 1.7321) = 7.4941 / 20.785
    assert transport.plume_lag(1000.0, height_m=3.0) == pytest.approx(0.2899, rel=1e-3)
    assert transport.jet_lag(1000.0, height_m=3.0, radius_m=3.0) == pytest.approx(0.3606, rel=1e-3)


def test_a_tenth_of_a_gram_of_soot_in_a_kilogram_of_air() -> None:
    # 4.3429 * (353 / 300) kg/m3 * 0.87 m2/kg
    assert optical_density(0.1 * 8.7, kelvin=300.0) == pytest.approx(4.446, rel=1e-3)
    assert co_ppm(0.001) == pytest.approx(1034.3, rel=1e-4)


def test_a_heat_element_reaches_two_thirds_of_a_step_after_its_time_constant() -> None:
    # RTI 25 in air of 4 m/s: 25 / 2 = 12.5 s; 24 + 100 * (1 - 1/e)
    assert HeatElement(25.0, 24.0).step(124.0, velocity=4.0, dt=12.5) == pytest.approx(87.21, abs=0.01)


@given(st.floats(5.0, 300.0), st.floats(20.0, 900.0), st.floats(0.0, 10.0), st.floats(0.1, 60.0))
def test_a_heat_element_never_passes_the_gas(rti: float, gas: float, speed: float, dt: float) -> None:
    element = HeatElement(rti, 20.0)
    shown = [element.step(gas, velocity=speed, dt=dt) for _ in range(50)]
    assert shown == sorted(shown)
    assert 20.0 <= shown[-1] <= gas + 1e-9


def test_smoke_dwells_before_a_chamber_and_then_mixes() -> None:
    # In 0.2 m/s: a dwell of 1.8 / 0.2 = 9 s, then a time constant of 0.2^-0.8 = 3.62 s.
    chamber = SmokeChamber()
    inside = [chamber.step(1.0, velocity=0.2, dt=1.0) for _ in range(30)]
    assert inside[8] == 0.0
    assert inside[12] == pytest.approx(1 - math.exp(-4 / 3.624), rel=0.01)
    assert inside[-1] == pytest.approx(1.0, abs=0.01)


def test_a_gas_cell_shows_nine_tenths_after_forty_five_seconds() -> None:
    cell = GasCell()
    assert [cell.step(100.0, dt=1.0) for _ in range(45)][-1] == pytest.approx(90.0)


def test_two_rooms_that_differ_by_ten_degrees_swap_air_through_a_meter_of_door() -> None:
    # 0.7/3 * 353/310 * sqrt(9.81 * 10 / 300) = 0.23333 * 1.13871 * 0.57184
    assert exchange(width_m=1.0, depth_m=1.0, hot_k=310.0, cold_k=300.0) == pytest.approx(
        0.15194, rel=1e-3
    )


def test_a_room_full_of_hot_smoke_draws_as_much_air_as_kawagoe_found() -> None:
    # Kawagoe (1958): the inflow of a fully developed fire is 0.5 A sqrt(H), here 0.5 * 2 * 1.4142 kg/s.
    flow = outflow(width_m=1.0, height_m=2.0, interface_m=0.0, hot_k=1000.0, cold_k=300.0)
    assert flow == pytest.approx(1.414, rel=0.1)


@given(st.floats(0.0, 1.9), st.floats(0.0, 1.9), st.floats(310.0, 1200.0))
def test_the_deeper_the_layer_the_more_leaves_through_a_door(
    one: float, other: float, hot: float
) -> None:
    high, low = max(one, other), min(one, other)
    flows = [
        outflow(width_m=0.9, height_m=2.0, interface_m=z, hot_k=hot, cold_k=300.0) for z in (high, low)
    ]
    assert 0.0 <= flows[0] <= 1.0001 * flows[1]  # as exactly as the plane is found


def test_nothing_leaves_a_room_that_is_no_warmer_or_whose_smoke_hangs_above_the_lintel() -> None:
    door = {"width_m": 0.9, "height_m": 2.0}
    assert outflow(**door, interface_m=1.0, hot_k=300.0, cold_k=300.0) == 0.0
    assert outflow(**door, interface_m=2.2, hot_k=600.0, cold_k=300.0) == 0.0


@pytest.mark.parametrize(
    ("growth", "seconds"),
    [(Growth.SLOW, 600), (Growth.MEDIUM, 300), (Growth.FAST, 150), (Growth.ULTRA_FAST, 75)],
)
def test_each_growth_reaches_a_thousand_btu_a_second_in_its_time(growth: Growth, seconds: int) -> None:
    fire = TSquared(ALPHA[growth], peak_kw=5000.0)
    assert fire(seconds) == pytest.approx(1055.0)
    assert fire(seconds / 2) == pytest.approx(1055.0 / 4)
    assert fire(-5) == 0.0
    assert fire(1e4) == 5000.0


def test_a_given_curve_is_followed_in_straight_lines() -> None:
    fire = Given([(0, 0), (60, 300), (90, 100)])
    assert [fire(t) for t in (-1, 0, 30, 60, 75, 500)] == [0.0, 0.0, 150.0, 300.0, 200.0, 100.0]
    with pytest.raises(ValueError, match="seconds that rise"):
        Given([(10, 1), (10, 2)])


def test_a_smoldering_fire_gives_little_heat_that_rises_with_time() -> None:
    fire = Smolder(peak_g_s=0.1, rise_s=1000.0, heat_kj_g=9.0)
    assert [fire(t) for t in (0, 500, 1000, 5000)] == pytest.approx([0.0, 0.45, 0.9, 0.9])


def test_a_fire_that_is_put_out_decays_from_what_it_was() -> None:
    fire = WindingDown(TSquared(0.01, 1000.0), ends_s=100.0, decay_s=50.0)
    assert fire(100) == pytest.approx(100.0)
    assert fire(150) == pytest.approx(100.0 / math.e)


@pytest.mark.parametrize("energy_mj", [10.0, 100.0, 400.0])
def test_a_fire_releases_the_heat_that_its_fuel_holds_and_no_more(energy_mj: float) -> None:
    fire = WindingDown(TSquared(0.0469, 800.0), ends_s=math.inf, decay_s=60.0, energy_mj=energy_mj)
    released = sum(fire(t + 0.5) for t in range(20_000)) / 1000.0
    assert released == pytest.approx(energy_mj, rel=0.05)
