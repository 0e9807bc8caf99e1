"""Points of one room are compared: one that lies is in fault, and no fire is a disagreement."""

from collections.abc import Callable

from contract.messages import Kind
from contract.sentences import Status
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.site_points import ConfiguredPoint, SitePoints
from tests.unit.gateway.bench_point import DETECTION, moment, thresholds

Value = Callable[[float], float]


def played(*values: Value, seconds: int, quantity: str = "temperature") -> list[ConditionChange]:
    """Return the reports of points of one room that measure *values*."""
    kind = PointKind.HEAT if quantity == "temperature" else PointKind.SMOKE
    names = [f"p-{n}" for n in range(len(values))]
    points = [ConfiguredPoint(name, ("line", name), kind, thresholds(), "hall") for name in names]
    site = SitePoints(
        points,
        unknown=thresholds(),
        most_unknown=0,
        since=moment(0.0),
        neighbours=DETECTION.neighbours.thresholds(),
    )
    changes: list[ConditionChange] = []
    for t in range(0, seconds, 10):
        for name, value in zip(names, values, strict=True):
            address = ("line", name)
            changes += site.accept_sample(address, quantity, value(t), Status.NORMAL, moment(t))[1]
        changes += site.tick(moment(t))
    return changes


def story(changes: list[ConditionChange]) -> list[str]:
    return [f"{each.name} {each.kind} {each.edge}: {each.reason}" for each in changes]


def calm(t: float) -> float:
    return 24.0


def test_a_sensor_that_drifted_away_from_two_others_is_in_fault_after_an_hour() -> None:
    assert story(played(calm, calm, lambda t: 42.0, seconds=3_500)) == []
    assert story(played(calm, calm, lambda t: 42.0, seconds=4_000)) == ["p-2 fault raised: disagrees"]


def test_of_two_that_disagree_nobody_knows_which_one_lies() -> None:
    assert story(played(calm, lambda t: 42.0, seconds=8_000)) == []


def test_a_sensor_that_agrees_again_is_believed_again() -> None:
    changes = played(calm, calm, lambda t: 42.0 if t < 4_000 else 25.0, seconds=5_000)
    assert story(changes) == ["p-2 fault raised: disagrees", "p-2 fault restored: disagrees"]


def test_a_smoke_detector_that_is_dirtier_than_its_neighbours_for_an_hour_is_in_fault() -> None:
    changes = played(lambda t: 0.0, lambda t: 0.0, lambda t: 0.062, seconds=4_000, quantity="smoke")
    assert story(changes) == ["p-2 fault raised: disagrees"]


def test_a_fire_under_one_detector_is_an_alarm_and_no_disagreement() -> None:
    def burns(t: float) -> float:
        return min(300.0, 24.0 + t / 10) + t % 20 / 10

    changes = played(calm, calm, burns, seconds=8_000)
    assert [each.kind for each in changes] == [Kind.PREALARM, Kind.FIRE]


def test_a_point_that_disagrees_still_reports_a_fire() -> None:
    def burns(t: float) -> float:
        return 42.0 if t < 5_000 else min(300.0, 42.0 + (t - 5_000) / 10)

    changes = played(calm, calm, burns, seconds=8_000)
    assert [each.reason for each in changes if each.kind is Kind.FIRE]
    assert story(changes)[0] == "p-2 fault raised: disagrees"
