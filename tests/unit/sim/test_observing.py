from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from contract.sentences import Sentence
from firmware_sim.domain.levels import crossing
from firmware_sim.scenario.library import shipped_scenario
from firmware_sim.simulation.build import scheduled_messages
from firmware_sim.simulation.observing import downsample, sensor_curves
from tests.unit.sim.scenarios import ONE_LINE, event, point, scenario

FIRE = (
    ONE_LINE
    + "[[rooms]]\nname = 'r'\nwidth_m = 4\ndepth_m = 5\nheight_m = 3\n"
    + "[[fires]]\nroom = 'r'\nat = [1, 1]\nat_s = 30\ngrowth = 'fast'\npeak_kw = 500\n"
)


def placed(address: str, kind: str, x: float) -> str:
    return point(address, kind, more=f"room = 'r'\nat = [{x}, 2.5]")


def test_an_alarm_level_is_crossed_by_samples_that_agree_and_not_by_a_spike() -> None:
    samples = [(float(t), value) for t, value in enumerate([0, 9, 0, 9, 9, 0, 9, 9, 9, 9])]
    assert crossing(samples, 5.0) == 6.0
    assert crossing(samples[:8], 5.0) is None


def test_curves_equal_the_sent_values() -> None:
    story = scenario("duration_s = 120\n" + FIRE + placed("s-1", "multi", 2))
    dues = takewhile(lambda due: due.t < 120, scheduled_messages(story))
    sentences = [due.message for due in dues if isinstance(due.message, Sentence)]
    said = [each.value or 0.0 for each in sentences if each.quantity == "temperature"]
    seen = {each.quantity: [value for _, value in each.samples] for each in sensor_curves(story)}
    assert set(seen) == {"smoke", "temperature", "co"}
    assert len(seen["temperature"]) == len(said) == 120
    # A sensor that is asked a third of a second later in each round sees the fire so much later.
    assert max(abs(a - b) for a, b in zip(seen["temperature"], said, strict=True)) < 2.0


def test_the_nearer_point_alarms_first_and_the_call_point_has_no_curve() -> None:
    story = scenario(
        "duration_s = 240\n"
        + FIRE
        + placed("near", "smoke", 1.5)
        + placed("far", "smoke", 3.9)
        + placed("heat", "heat", 1.5)
        + point("manual", "manual")
    )
    seen = {each.address: each for each in sensor_curves(story)}
    assert list(seen) == ["near", "far", "heat"]
    alarms = [each.crosses_alarm_s or 0.0 for each in seen.values()]
    assert 30.0 < alarms[0] <= alarms[1] < alarms[2]
    assert (seen["near"].crosses_prealarm_s or 0.0) <= alarms[0]


def test_a_quiet_house_crosses_nothing() -> None:
    story = scenario(ONE_LINE + point("s", "smoke") + event("tamper", ["s"], at_s=5))
    (seen,) = sensor_curves(story)
    assert (seen.crosses_prealarm_s, seen.crosses_alarm_s, len(seen.samples)) == (None, None, 1800)


def test_smoke_reaches_every_floor_of_the_shophouse_and_the_heat_stays_below() -> None:
    observed = sensor_curves(shipped_scenario("shophouse-kitchen-night"))
    seen = {(each.address, each.quantity): each for each in observed}
    floors = [
        seen[name, "smoke"].crosses_alarm_s or 0.0 for name in ("bep-khoi", "cua-hang-khoi", "ngu-khoi")
    ]
    assert floors == sorted(floors)
    assert all(floors)
    assert seen["ngu-khoi", "temperature"].crosses_alarm_s is None


@given(st.lists(st.floats(-1e3, 1e3), max_size=500), st.integers(2, 50))
def test_thinning_keeps_the_extremes_and_the_order(values: list[float], most: int) -> None:
    samples = [(float(t), value) for t, value in enumerate(values)]
    kept = downsample(samples, most)
    assert kept == sorted(kept)
    assert set(kept) <= set(samples)
    assert len(kept) <= max(most, 2)
    if samples:
        assert max(v for _, v in kept) == max(values)
        assert min(v for _, v in kept) == min(values)


def test_after_the_fire_every_sensor_returns_to_what_it_was() -> None:
    story = scenario(
        "duration_s = 9000\n"
        + FIRE.replace("height_m = 3", "height_m = 3\nair_changes = 8")
        + "until_s = 120\n"
        + "[[doors]]\nbetween = ['r', 'outside']\n"
        + placed("m-1", "multi", 2)
        + point("slow", "heat", more="room = 'r'\nat = [2, 2]\nrti = 800")
    )
    for seen in sensor_curves(story):
        first, last = seen.samples[0][1], seen.samples[-1][1]
        assert seen.crosses_alarm_s is not None or seen.address == "slow"
        assert abs(last - first) < {"smoke": 0.03, "temperature": 1.0, "co": 2.0}[seen.quantity]


def test_a_fire_that_would_begin_after_the_end_changes_nothing() -> None:
    story = scenario("duration_s = 20\n" + FIRE + placed("m-1", "multi", 2))
    assert [(each.crosses_prealarm_s, len(each.samples)) for each in sensor_curves(story)] == [
        (None, 20)
    ] * 3


def test_a_fire_in_a_corner_heats_its_ceiling_more_than_one_beside_a_wall_or_in_the_open() -> None:
    hottest = []
    for x, y in ((0.3, 0.3), (0.3, 2.5), (2.0, 2.5)):
        story = scenario(
            "duration_s = 90\n"
            + FIRE.replace("at = [1, 1]", f"at = [{x}, {y}]")
            + point("h-1", "heat", more=f"room = 'r'\nat = [{x + 1}, {y}]\nspread = 0")
        )
        (seen,) = sensor_curves(story)
        hottest.append(max(value for _, value in seen.samples))
    assert hottest[0] > hottest[1] + 5 > hottest[2] + 10
