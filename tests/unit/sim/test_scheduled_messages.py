from itertools import pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.detectors import ZigbeeState
from contract.sentences import Decoder, Sentence, Status, encode
from firmware_sim.domain.detectors import Availability, DetectorMessage
from firmware_sim.scenario.scenario import Scenario
from firmware_sim.simulation.build import scheduled_messages
from tests.support.depth import examples
from tests.unit.sim.scenarios import ONE_LINE, event, point, scenario

ZIGBEE = (
    '[[sources]]\nname = "radio"\ndialect = "zigbee2mqtt"\nroot = "zigbee2mqtt"\nreport_every_s = 30\n'
    '[[points]]\naddress = "zb-1"\nkind = "zigbee"\nsource = "radio"\n'
)
HOUSE = ONE_LINE + point("smoke-01", "smoke") + point("heat-01", "heat") + point("manual-01", "manual")


def said(story: Scenario, until: float, address: str) -> list[tuple[float, DetectorMessage]]:
    dues = takewhile(lambda due: due.t < until, scheduled_messages(story))
    return [(due.t, due.message) for due in dues if due.address == address and due.message is not None]


def sentences(story: Scenario, until: float, address: str) -> list[tuple[float, Sentence]]:
    return [(t, each) for t, each in said(story, until, address) if isinstance(each, Sentence)]


def values(story: Scenario, until: float, address: str) -> list[float]:
    return [each.value for _, each in sentences(story, until, address) if each.value is not None]


def wire(story: Scenario, until: float) -> bytes:
    dues = takewhile(lambda due: due.t < until, scheduled_messages(story))
    return b"".join(encode(due.message) for due in dues if isinstance(due.message, Sentence))


@settings(max_examples=examples(25), deadline=None)
@given(st.integers(), st.floats(min_value=0.1, max_value=5))
def test_the_same_seed_sends_the_same_bytes(seed: int, every: float) -> None:
    text = f"seed = {seed}\nsample_every_s = {every}\n" + HOUSE + event("fire", ["smoke-01"], at_s=3)
    assert wire(scenario(text), 20) == wire(scenario(text), 20)


def test_another_seed_sends_other_values() -> None:
    assert wire(scenario("seed = 1\n" + HOUSE), 5) != wire(scenario("seed = 2\n" + HOUSE), 5)


def test_messages_are_in_order_of_time_and_each_point_sends_in_every_step() -> None:
    dues = list(takewhile(lambda due: due.t < 10, scheduled_messages(scenario(HOUSE))))
    assert [due.t for due in dues] == sorted(due.t for due in dues)
    assert [due.address for due in dues] == ["smoke-01", "heat-01", "manual-01"] * 10


def test_every_sentence_is_valid_and_the_sequences_rise_by_one() -> None:
    decoded = list(Decoder().decode_bytes(wire(scenario(HOUSE), 100)))
    assert len(decoded) == 300
    assert all(isinstance(each, Sentence) for each in decoded)
    sequences = [each.sequence for _, each in sentences(scenario(HOUSE), 100, "smoke-01")]
    assert sequences == list(range(100))


def test_a_quiet_house_stays_within_its_noise() -> None:
    quiet = scenario(HOUSE)
    assert all(0.01 <= value <= 0.03 for value in values(quiet, 2_000, "smoke-01"))
    assert all(23.7 <= value <= 24.3 for value in values(quiet, 2_000, "heat-01"))
    assert set(values(quiet, 2_000, "manual-01")) == {0.0}
    assert len(set(values(quiet, 2_000, "smoke-01"))) > 50


def test_a_fire_reaches_one_point_after_the_other() -> None:
    burning = scenario(
        HOUSE
        + event(
            "fire", ["smoke-01", "heat-01"], at_s=20, more="reach_s = 15\ngrowth_s = 30\nuntil_s = 100"
        )
    )
    smoke, heat = values(burning, 300, "smoke-01"), values(burning, 300, "heat-01")
    assert smoke[19] < 0.05
    assert smoke[60] == pytest.approx(2.0, abs=0.02)
    assert heat[34] < 25
    assert heat[80] == pytest.approx(90, abs=0.5)
    assert smoke[299] < 0.05


def test_cooking_rises_above_the_alarm_level_for_some_seconds_and_clears() -> None:
    toast = values(scenario(HOUSE + event("cooking", ["smoke-01"], at_s=10)), 200, "smoke-01")
    assert sum(value > 0.4 for value in toast) > 10
    assert max(toast[120:]) < 0.05


def test_a_pressed_call_point_stays_pressed_until_somebody_restores_it() -> None:
    pressed = scenario(
        HOUSE + event("press", ["manual-01"], at_s=5) + event("restore", ["manual-01"], at_s=8)
    )
    assert values(pressed, 10, "manual-01") == [0.0] * 5 + [1.0] * 3 + [0.0] * 2


def test_a_detector_in_fault_reports_it_and_measures_nothing() -> None:
    broken = scenario(HOUSE + event("fault", ["heat-01"], at_s=3, more="until_s = 6"))
    heard = [each for _, each in sentences(broken, 8, "heat-01")]
    assert [each.status for each in heard[2:7]] == [Status.NORMAL, *[Status.FAULT] * 3, Status.NORMAL]
    assert [each.value for each in heard[3:6]] == [None] * 3


def test_a_silent_detector_sends_nothing_and_resumes_its_count() -> None:
    silent = scenario(HOUSE + event("fault", ["heat-01"], at_s=3, more='how = "silent"\nuntil_s = 6'))
    heard = sentences(silent, 8, "heat-01")
    assert [int(t) for t, _ in heard] == [0, 1, 2, 6, 7]
    assert [each.sequence for _, each in heard] == [0, 1, 2, 3, 4]


def test_a_house_where_nobody_speaks_any_more_still_has_a_time() -> None:
    silent = scenario(
        ONE_LINE + point("heat-01", "heat") + event("fault", ["heat-01"], at_s=3, more='how = "silent"')
    )
    assert len(list(takewhile(lambda due: due.t < 1_000, scheduled_messages(silent)))) == 1_000


def test_a_stuck_detector_shows_one_value_through_the_fire() -> None:
    stuck = scenario(
        HOUSE
        + event("fault", ["heat-01"], at_s=3, more='how = "stuck"')
        + event("fire", ["heat-01"], at_s=5)
    )
    assert len(set(values(stuck, 100, "heat-01")[3:])) == 1


def test_an_opened_detector_reports_it_and_still_measures() -> None:
    opened = scenario(HOUSE + event("tamper", ["smoke-01"], at_s=2))
    assert [each.status for _, each in sentences(opened, 4, "smoke-01")] == [
        *[Status.NORMAL] * 2,
        *[Status.TAMPER] * 2,
    ]
    assert len(values(opened, 4, "smoke-01")) == 4


def test_a_radio_sensor_sends_its_level_on_change_and_every_half_minute() -> None:
    burning = scenario(
        ZIGBEE + event("fire", ["zb-1"], at_s=40, more="growth_s = 10\nuntil_s = 80\ndecay_s = 5")
    )
    told = [(t, each.smoke) for t, each in said(burning, 200, "zb-1") if isinstance(each, ZigbeeState)]
    assert [level for _, level in told] == [*[False] * 2, *[True] * 2, *[False] * 4]
    assert [t for t, _ in told][:2] == [0.0, 30.0]
    assert 42 <= told[2][0] <= 45
    changes = [b - a for (a, _), (b, _) in pairwise(told)]
    assert max(changes) == 30


def test_a_radio_sensor_that_is_lost_goes_offline_and_comes_back() -> None:
    lost = scenario(ZIGBEE + event("fault", ["zb-1"], at_s=5, more="until_s = 9"))
    told = [(t, type(each)) for t, each in said(lost, 12, "zb-1")]
    assert told == [(0.0, ZigbeeState), (5.0, Availability), (9.0, Availability), (10.0, ZigbeeState)]
