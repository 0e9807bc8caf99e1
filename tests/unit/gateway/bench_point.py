"""One point on the bench: samples in, changes out, time as the test says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypedDict, TypeVar, Unpack

from contract.messages import Edge, Kind
from contract.sentences import Status
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.detector_state import DetectorState, StateAge
from gateway.domain.model.moment import Moment
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.point import MonitoredPoint
from gateway.domain.points.status_limits import StatusLimits
from gateway.domain.points.thresholds import PointThresholds
from gateway.settings import DetectionSettings

Value = TypeVar("Value", float, None)

START_US = 1_795_464_785_000_000
DETECTION = DetectionSettings()
CALM = {"smoke": 0.02, "temperature": 22.0, "co": 2.0}


def moment(t: float) -> Moment:
    return Moment(START_US + round(t * 1e6), t)


class Others(TypedDict, total=False):
    """Thresholds of the state that a detector tells itself."""

    status_limits: StatusLimits
    latch_s: float


class Changed(Others, total=False):
    """Thresholds that differ from those of the bench."""

    silent_after_s: float
    stuck_after_s: float


class Told(TypedDict, total=False):
    """The state that a detector publishes: the fields of ``DetectorState``."""

    smoke: bool | None
    test: bool | None
    tamper: bool | None
    battery: float | None
    battery_low: bool | None
    heat: bool | None
    co: bool | None
    gas: bool | None
    water_leak: bool | None
    faults: tuple[tuple[str, bool], ...]


def thresholds(
    heat_class: str = "A1",
    *,
    silent_after_s: float = 300.0,
    stuck_after_s: float = 0.0,
    **others: Unpack[Others],
) -> PointThresholds:
    return DETECTION.thresholds(
        heat_class=heat_class, silent_after_s=silent_after_s, stuck_after_s=stuck_after_s, **others
    )


@dataclass
class Bench:
    point: MonitoredPoint
    changes: list[ConditionChange] = field(default_factory=list)

    def hear(
        self,
        quantity: str,
        samples: Iterable[tuple[float, float | None]],
        status: Status = Status.NORMAL,
    ) -> None:
        for t, value in samples:
            self.changes += self.point.accept_sample(quantity, value, status, moment(t))

    def seen_calm(self, *quantities: str) -> "Bench":
        """The same, after a minute and a half of calm air before t = 0."""
        for quantity in quantities or ("smoke", "temperature", "co"):
            self.hear(quantity, steady(CALM[quantity], since=-90.0, until=0.0, every=10.0))
        return self

    def state(self, t: float, age: StateAge = StateAge.LIVE, **state: Unpack[Told]) -> None:
        self.changes += self.point.accept_state(DetectorState(**state), age, moment(t))

    def tick(self, t: float) -> None:
        self.changes += self.point.tick(moment(t))

    def story(self) -> list[str]:
        """The changes, each as "fire raised: smoke_above_alarm"."""
        return [f"{each.kind} {each.edge}: {each.reason}" for each in self.changes]

    def raised(self, kind: Kind) -> list[ConditionChange]:
        return [each for each in self.changes if each.kind is kind and each.edge is Edge.RAISED]


def bench(
    kind: PointKind | None = None,
    *,
    heat_class: str = "A1",
    held: Iterable[tuple[Kind, str]] = (),
    heard_before: bool = False,
    **others: Unpack[Changed],
) -> Bench:
    known = thresholds(heat_class, **others)
    since = moment(0.0)
    return Bench(
        MonitoredPoint(
            "p-1", kind=kind, thresholds=known, since=since, held=held, heard_before=heard_before
        )
    )


def steady(value: Value, *, since: float, until: float, every: float = 1.0) -> list[tuple[float, Value]]:
    count = int((until - since) / every)
    return [(since + number * every, value) for number in range(count)]
