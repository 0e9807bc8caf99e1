"""Smoke and CO against what clean air always has: no fire is too slow, and dirt is foreseen."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract.messages import Edge, Kind
from contract.sentences import Status
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.site_points import Baselines, ConfiguredPoint, SitePoints
from tests.support.depth import examples
from tests.unit.gateway.bench_point import DETECTION, Bench, bench, moment, steady, thresholds

DAY_S = 86_400.0
SMOKE = DETECTION.smoke


def ramp(per_hour: float, *, until: float, every: float) -> list[tuple[float, float]]:
    """Rises from 0 to *until* and stays there."""
    count = int(until / per_hour * 3600.0 / every)
    rising = [(n * every, per_hour / 3600.0 * every * n) for n in range(count + 1)]
    return [
        *rising,
        *steady(until, since=(count + 1) * every, until=(count + 6) * every + 120, every=every),
    ]


def level_at_alarm(point: Bench) -> float:
    return point.raised(Kind.FIRE)[0].value or 0.0


@settings(max_examples=examples(60), deadline=None)
@example(per_hour=0.0001, rhythm=1.0)  # slower than the baseline, which goes with it to its limit
@example(per_hour=0.0003, rhythm=1.0)
@given(st.floats(-4.0, 3.0).map(lambda exponent: 10.0**exponent), st.floats(0.3, 3.0))
def test_smoke_that_rises_at_any_pace_is_an_alarm_before_the_drift_limit_and_a_level_above(
    per_hour: float, rhythm: float
) -> None:
    most = SMOKE.drift_limit_db_m + SMOKE.alarm_above_db_m
    # Some hundreds of samples on the way, however long it takes: from a second to a week.
    every = min(60.0, max(0.1, most / per_hour * 3600.0 / 2_000.0 * rhythm))
    point = bench(PointKind.SMOKE)
    if most / per_hour * 3600.0 / every > 60_000:
        every = most / per_hour * 3600.0 / 60_000
    point.hear("smoke", ramp(per_hour, until=most * 1.1 + 0.02, every=every))
    assert len(point.raised(Kind.FIRE)) == 1
    assert level_at_alarm(point) <= most + per_hour / 3600.0 * (4 * every + 4 * SMOKE.filter_s) + 1e-6


@pytest.mark.parametrize("hours", [1.0, 6.0, 24.0])
def test_smouldering_is_an_alarm_before_dirt_could_be_learned(hours: float) -> None:
    point = bench(PointKind.SMOKE)
    point.hear("smoke", ramp(0.3 / hours, until=0.3, every=5.0))
    assert level_at_alarm(point) <= SMOKE.alarm_above_db_m * 1.15


def dirty(point: Bench, *, per_day: float, days: int, since: float = 0.0, first: float = 0.0) -> None:
    for minute in range(days * 1_440):
        t = since + minute * 60.0
        point.hear("smoke", [(t, first + per_day * minute / 1_440 + minute % 2 * 1e-4)])
        point.tick(t)


def test_dirt_is_reported_in_good_time_and_is_neither_an_alarm_nor_a_prealarm() -> None:
    point = bench(PointKind.SMOKE, silent_after_s=DAY_S)
    dirty(point, per_day=0.1 / 60, days=75)
    assert point.story() == ["supervisory raised: cleaning_due", "fault raised: dirty"]
    due, limit = point.changes
    days_ahead = (limit.at - due.at) / 1e6 / DAY_S
    assert 10 <= days_ahead <= 30
    assert due.value == pytest.approx(21.0, abs=1.0)


def site(baselines: Baselines) -> SitePoints:
    point = ConfiguredPoint("s-1", ("line", "s-1"), PointKind.SMOKE, thresholds())
    return SitePoints(
        [point], unknown=thresholds(), most_unknown=0, since=moment(0.0), baselines=baselines
    )


def hear(detectors: SitePoints, value: float, *, seconds: int) -> list[str]:
    changes = [
        change
        for t in range(seconds)
        for change in detectors.accept_sample(("line", "s-1"), "smoke", value, Status.NORMAL, moment(t))[
            1
        ]
    ]
    return [change.reason for change in changes]


def test_dirt_that_was_learned_before_a_restart_is_not_a_prealarm_after_it() -> None:
    assert hear(site({}), 0.09, seconds=300) == ["smoke_above_prealarm"]
    assert hear(site({"s-1": {"smoke": 0.09}}), 0.09, seconds=300) == []


def test_a_learned_baseline_is_kept_over_several_restarts() -> None:
    learned = site({"s-1": {"smoke": 0.05}, "gone": {"smoke": 0.02}})
    assert learned.baselines() == {"s-1": {"smoke": 0.05}, "gone": {"smoke": 0.02}}
    hear(learned, 0.05, seconds=60)
    assert learned.baselines()["s-1"]["smoke"] == pytest.approx(0.05)


def test_no_memory_makes_a_detector_blind() -> None:
    assert "smoke_above_alarm" in hear(site({"s-1": {"smoke": 9.0}}), 0.24, seconds=300)


def test_a_detector_that_was_cleaned_needs_no_cleaning() -> None:
    point = bench(PointKind.SMOKE, silent_after_s=DAY_S)
    dirty(point, per_day=0.1 / 60, days=55)
    dirty(point, per_day=0.0, days=30, since=56 * DAY_S)
    assert point.story() == ["supervisory raised: cleaning_due", "supervisory restored: cleaning_due"]


def test_a_clean_detector_is_never_reported_to_be_dirty() -> None:
    point = bench(PointKind.SMOKE, silent_after_s=DAY_S)
    dirty(point, per_day=0.0, days=120, first=0.03)
    assert point.story() == []


def test_carbon_monoxide_of_a_smouldering_mattress_is_an_alarm_after_its_prealarm() -> None:
    point = bench(PointKind.CO)
    point.hear("co", [(t, 3.0 + 120.0 * t / 1800) for t in range(0, 1800, 5)])
    assert point.story() == ["prealarm raised: co_above_prealarm", "fire raised: co_above_alarm"]
    assert point.changes[-1].edge is Edge.RAISED
    assert point.changes[-1].value == pytest.approx(63.0, abs=6.0)


def test_traffic_before_the_door_is_not_a_fire() -> None:
    point = bench(PointKind.CO)
    point.hear("co", [(t, 5.0 + 15.0 * (t // 3600 % 2)) for t in range(0, 86_400, 10)])
    assert point.story() == []


def test_carbon_monoxide_is_not_judged_at_a_heat_detector() -> None:
    point = bench(PointKind.HEAT)
    point.seen_calm("co").hear("co", [(t, 500.0 + t % 2) for t in range(300)])
    assert point.story() == []
    assert moment(0.0).at < moment(1.0).at
