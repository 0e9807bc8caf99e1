"""Nuisances and sensor faults: each from a seed, and over in its time."""

from itertools import pairwise, takewhile

import pytest

from contract.sentences import DamagedBytes, Decoder, Sentence, Status, encode
from firmware_sim.domain.detectors import Damaged
from firmware_sim.domain.nuisances import DISTURBED, Nuisance, Span
from firmware_sim.scenario.scenario import Scenario
from firmware_sim.simulation.build import scheduled_messages
from tests.unit.sim.scenarios import ONE_LINE, event, point, scenario

HOUSE = (
    ONE_LINE
    + point("smoke-01", "smoke")
    + point("heat-01", "heat")
    + point("multi-01", "multi")
    + point("co-01", "co")
)
EVERY = [(kind, quantity) for kind, makers in DISTURBED.items() for quantity in makers]


def heard(story: Scenario, until: float, address: str, quantity: str) -> list[Sentence]:
    dues = takewhile(lambda due: due.t < until, scheduled_messages(story))
    return [
        due.message
        for due in dues
        if isinstance(due.message, Sentence)
        and (due.address, due.message.quantity) == (address, quantity)
    ]


def values(story: Scenario, until: float, address: str, quantity: str) -> list[float]:
    return [each.value for each in heard(story, until, address, quantity) if each.value is not None]


def test_every_nuisance_disturbs_something() -> None:
    assert set(DISTURBED) == set(Nuisance)
    assert all(DISTURBED.values())


@pytest.mark.parametrize(("kind", "quantity"), EVERY)
def test_a_nuisance_begins_when_it_begins_and_leaves_nothing_behind(
    kind: Nuisance, quantity: str
) -> None:
    course = DISTURBED[kind][quantity](Span(100.0, 2000.0), 1.0, "seed")
    assert {course(t) for t in range(100)} == {0.0}
    during = [course(t) for t in range(100, 2000)]
    assert min(during) >= 0.0
    assert max(during) > 0.0
    assert course(50_000.0) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("kind", "quantity"), EVERY)
def test_a_nuisance_is_the_same_with_the_same_seed_and_twice_as_much_at_twice_the_strength(
    kind: Nuisance, quantity: str
) -> None:
    make = DISTURBED[kind][quantity]
    one, again, double = (make(Span(0.0, 900.0), s, "seed") for s in (1.0, 1.0, 2.0))
    for t in range(1500):
        level = one(t)
        assert level == again(t)
        assert double(t) == pytest.approx(2 * level)


def test_the_sun_is_too_slow_and_a_heater_too_weak_for_a_fire() -> None:
    sun = DISTURBED[Nuisance.SUN]["temperature"](Span(0.0, 20_000.0), 1.0, "seed")
    heater = DISTURBED[Nuisance.HEATER]["temperature"](Span(0.0, 2_000.0), 1.0, "seed")
    assert max(sun(t) for t in range(20_000)) <= 20.0
    assert max(sun(t + 60) - sun(t) for t in range(0, 20_000, 60)) < 4.0
    assert max(heater(t) for t in range(2_000)) < 46.0 - 24.0


def test_one_point_measures_several_quantities_and_counts_its_sentences_together() -> None:
    story = scenario(HOUSE)
    dues = takewhile(lambda due: due.t < 3, scheduled_messages(story))
    said = [due.message for due in dues if due.address == "multi-01"]
    assert [each.quantity for each in said if isinstance(each, Sentence)] == [
        *("smoke", "temperature", "co")
    ] * 3
    assert [each.sequence for each in said if isinstance(each, Sentence)] == list(range(9))


def test_dirt_adds_a_little_each_day_until_the_chamber_is_cleaned() -> None:
    story = scenario(
        "sample_every_s = 3600\n"
        + HOUSE
        + event("dirt", ["smoke-01"], at_s=0, more="per_day = 0.01")
        + event("restore", ["smoke-01"], at_s=864_000)
    )
    smoke = values(story, 1_000_000, "smoke-01", "smoke")
    assert smoke[120] == pytest.approx(0.02 + 0.05, abs=0.011)
    assert smoke[239] == pytest.approx(0.02 + 0.0996, abs=0.011)
    assert smoke[245] < 0.04


@pytest.mark.parametrize("every", [0.5, 1.0, 4.0])
def test_a_spike_is_one_sample_whatever_the_rhythm(every: float) -> None:
    story = scenario(
        f"sample_every_s = {every}\n"
        + HOUSE
        + event("spikes", ["heat-01"], at_s=50, more="size = 46.0\nevery_s = 60")
    )
    hot = [value > 50 for value in values(story, 50 + 60 * 20, "heat-01", "temperature")]
    assert sum(hot) == 20
    assert not any(a and b for a, b in pairwise(hot))


def test_a_noisy_sensor_is_off_in_every_sample_and_never_below_what_it_can_show() -> None:
    story = scenario(HOUSE + event("noise", ["smoke-01"], at_s=10, more="size = 0.5\nuntil_s = 500"))
    smoke = values(story, 600, "smoke-01", "smoke")
    assert min(smoke) == 0.0
    assert max(smoke[10:500]) > 0.8
    assert max(smoke[500:]) < 0.04


@pytest.mark.parametrize(("how", "smoke", "heat"), [("railed", 20.0, 150.0), ("dead", 0.0, -40.0)])
def test_a_sensor_at_its_rail_shows_only_that(how: str, smoke: float, heat: float) -> None:
    story = scenario(
        HOUSE + event("fault", ["smoke-01", "heat-01"], at_s=5, more=f'how = "{how}"\nuntil_s = 9')
    )
    assert set(values(story, 9, "smoke-01", "smoke")[5:]) == {smoke}
    assert set(values(story, 9, "heat-01", "temperature")[5:]) == {heat}
    assert values(story, 12, "heat-01", "temperature")[10] == pytest.approx(24.0, abs=0.5)


def test_a_flat_battery_is_reported_and_the_detector_still_measures() -> None:
    story = scenario(HOUSE + event("fault", ["smoke-01"], at_s=3, more='how = "battery"'))
    said = heard(story, 6, "smoke-01", "smoke")
    assert [each.status for each in said] == [Status.NORMAL] * 3 + [Status.LOWBATT] * 3
    assert all(each.value is not None for each in said)


def test_a_storm_damages_its_share_of_a_line_and_no_decoder_believes_it() -> None:
    story = scenario(
        ONE_LINE
        + point("smoke-01", "smoke")
        + '[[events]]\nkind = "storm"\nat_s = 100\nuntil_s = 1100\nlines = ["line-1"]\nshare = 0.6\n'
    )
    decoder, sound, damaged = Decoder(), 0, 0
    for due in takewhile(lambda due: due.t < 1300, scheduled_messages(story)):
        assert isinstance(due.message, Sentence | Damaged)
        data = due.message.data if isinstance(due.message, Damaged) else encode(due.message)
        found = decoder.decode_bytes(data)
        sound += sum(isinstance(each, Sentence) for each in found)
        damaged += any(isinstance(each, DamagedBytes) for each in found)
        assert isinstance(due.message, Sentence) or 100 <= due.t < 1100
        assert not (
            isinstance(due.message, Damaged) and any(isinstance(each, Sentence) for each in found)
        )
    assert 550 < damaged < 650
    assert sound == 1300 - damaged
