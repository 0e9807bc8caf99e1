"""Builds the detectors of a scenario, and the messages that they send."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from firmware_sim.domain.curves import Change, PressedCurve, ScriptedCurve
from firmware_sim.domain.detectors import (
    DamagedDetector,
    FaultMode,
    FaultPeriod,
    RadioDetector,
    ScheduledMessage,
    SensorPlan,
    SequenceCounter,
    SerialDetector,
    SimulatedDetector,
    schedule,
)
from firmware_sim.domain.manual import ManualControl
from firmware_sim.domain.nuisances import DISTURBED, Span
from firmware_sim.domain.sensor_faults import Dirt, Noise, Spikes
from firmware_sim.scenario.events import (
    CookingEvent,
    DirtEvent,
    FaultEvent,
    FireEvent,
    NoiseEvent,
    NuisanceEvent,
    PointEvent,
    PressEvent,
    RestorableEvent,
    RestoreEvent,
    SpikesEvent,
    StormEvent,
    TamperEvent,
)
from firmware_sim.scenario.io_config import PointConfig, SimulatedDetectorKind
from firmware_sim.scenario.scenario import Scenario
from firmware_sim.simulation.fires import Fires


@dataclass(frozen=True, slots=True)
class _Profile:
    """Common figures of all sensors of one quantity, in its unit (see SensorPlan)."""

    ambient: float
    spread: float
    decimals: int
    low: float
    high: float
    rail: float


# Rails are where the electronics end: a light path gone dark, a shorted sensor, a cell at its limit.
_PROFILES = {
    "smoke": _Profile(0.02, 0.01, 4, 0.0, 50.0, 20.0),
    "temperature": _Profile(24.0, 0.3, 2, -40.0, 1400.0, 150.0),
    "co": _Profile(1.0, 0.5, 1, 0.0, 10_000.0, 1000.0),
    "manual": _Profile(0.0, 0.0, 0, 0.0, 1.0, 1.0),
}

_MEASURED = {
    SimulatedDetectorKind.SMOKE: ("smoke",),
    SimulatedDetectorKind.ZIGBEE: ("smoke",),
    SimulatedDetectorKind.HEAT: ("temperature",),
    SimulatedDetectorKind.CO: ("co",),
    SimulatedDetectorKind.MULTI: ("smoke", "temperature", "co"),
    SimulatedDetectorKind.MANUAL: ("manual",),
}


def scheduled_messages(
    scenario: Scenario, *, manual: ManualControl | None = None
) -> Iterator[ScheduledMessage]:
    """Yield all messages of the detectors of *scenario*, in order of time and without end.

    *manual* operates points by hand while the messages are taken.
    """
    builder = _Builder(scenario, manual)
    detectors = [each for point in scenario.points for each in builder.detectors(point)]
    return schedule(detectors, every_s=scenario.sample_every_s)


def sensors_with_plans(scenario: Scenario) -> Iterator[tuple[SensorPlan, SerialDetector]]:
    """Yield each sensor of *scenario* with its plan, as if it were wired to a line without storms."""
    builder = _Builder(scenario)
    for point in scenario.points:
        for plan in builder.plans(point):
            yield plan, SerialDetector(plan, random.Random(builder.seed(plan)), SequenceCounter())


class _Builder:
    """Builds detectors from a scenario, its computed fires and its events by point."""

    def __init__(self, scenario: Scenario, manual: ManualControl | None = None) -> None:
        self._scenario = scenario
        self._manual = manual
        self._fires = Fires(scenario)
        self._at: dict[str, list[PointEvent]] = {point.address: [] for point in scenario.points}
        for event in scenario.events:
            if not isinstance(event, StormEvent):
                for address in event.points:
                    self._at[address].append(event)

    def detectors(self, point: PointConfig) -> Iterator[SimulatedDetector]:
        """Yield the sensors of *point*: one for each quantity, with common sequence numbers."""
        counter = SequenceCounter()
        for plan in self.plans(point):
            noise = random.Random(self.seed(plan))
            if point.kind is SimulatedDetectorKind.ZIGBEE:
                yield RadioDetector(plan, noise, report_s=self._report_s(point))
            else:
                yield self._in_the_storm(point, SerialDetector(plan, noise, counter), plan)

    def plans(self, point: PointConfig) -> Iterator[SensorPlan]:
        """Yield the plan of each sensor of *point*."""
        fire_changes = self._fires.changes(point)
        conditions = tuple(self._conditions(point.address))
        for quantity in _MEASURED[point.kind]:
            profile = _PROFILES[quantity]
            ambient = self._ambient(point, quantity)
            yield SensorPlan(
                address=point.address,
                quantity=quantity,
                ambient=ambient,
                spread=profile.spread if point.spread is None else point.spread,
                decimals=profile.decimals,
                low=profile.low,
                high=profile.high,
                rail=profile.rail,
                changes=(
                    *((fire_changes[quantity],) if quantity in fire_changes else ()),
                    *self._changes(point.address, quantity, ambient),
                    *self._manual_changes(point.address, quantity),
                ),
                conditions=conditions,
            )

    def _manual_changes(self, address: str, quantity: str) -> Iterator[Change]:
        if self._manual is not None:
            yield self._manual.change(address, quantity)

    def _ambient(self, point: PointConfig, quantity: str) -> float:
        if point.ambient is not None and len(_MEASURED[point.kind]) == 1:
            return point.ambient
        room = next((each for each in self._scenario.rooms if each.name == point.room), None)
        if quantity == "temperature" and room is not None:
            return room.celsius
        return _PROFILES[quantity].ambient

    def seed(self, plan: SensorPlan) -> str:
        """Return the seed of the noise of a sensor."""
        return f"{self._scenario.seed}/{plan.address}/{plan.quantity}"

    def _report_s(self, point: PointConfig) -> float:
        return next(each.report_every_s for each in self._scenario.sources if each.name == point.source)

    def _in_the_storm(
        self, point: PointConfig, detector: SerialDetector, plan: SensorPlan
    ) -> SimulatedDetector:
        spans = [
            (event.at_s, event.until_s, event.share)
            for event in self._scenario.events
            if isinstance(event, StormEvent) and point.line in event.lines
        ]
        if not spans:
            return detector
        return DamagedDetector(detector, spans, random.Random(f"{self.seed(plan)}/storm"))

    def _changes(self, address: str, quantity: str, ambient: float) -> Iterator[Change]:
        for place, event in enumerate(self._at[address]):
            yield from self._change(
                event, address, quantity, rise=_rise(event, quantity, ambient), place=place
            )

    def _change(
        self, event: PointEvent, address: str, quantity: str, *, rise: float, place: int
    ) -> Iterator[Change]:
        seed = f"{self._scenario.seed}/{address}/{quantity}/{place}"
        match event:
            case FireEvent() | CookingEvent():
                yield _scripted_curve(event, address, rise)
            case PressEvent():
                yield PressedCurve(event.at_s, self._end(event, address))
            case NuisanceEvent():
                maker = DISTURBED[event.kind].get(quantity)
                if maker is not None:
                    yield maker(Span(event.at_s, event.until_s), event.strength, seed)
            case DirtEvent() if quantity == "smoke":
                yield Dirt(event.at_s, self._end(event, address), event.per_day)
            case SpikesEvent() | NoiseEvent():
                yield self._wrong(event, address, seed)

    def _wrong(self, event: SpikesEvent | NoiseEvent, address: str, seed: str) -> Change:
        span = (event.at_s, self._end(event, address))
        if isinstance(event, NoiseEvent):
            return Noise(span, seed, size=event.size)
        return Spikes(
            span,
            seed,
            every_s=event.every_s,
            sample_s=self._scenario.sample_every_s,
            size=event.size,
        )

    def _conditions(self, address: str) -> Iterator[FaultPeriod]:
        for event in self._at[address]:
            match event:
                case FaultEvent():
                    yield FaultPeriod(event.how, event.at_s, self._end(event, address))
                case TamperEvent():
                    yield FaultPeriod(FaultMode.TAMPER, event.at_s, self._end(event, address))

    def _end(self, event: RestorableEvent, address: str) -> float:
        """Return the end of *event* at *address*: its own, or the first restore after its start."""
        restores = [
            each.at_s
            for each in self._at[address]
            if isinstance(each, RestoreEvent) and each.at_s > event.at_s
        ]
        return min([_or_infinity(event.until_s), *restores])


def _scripted_curve(event: FireEvent | CookingEvent, address: str, rise: float) -> ScriptedCurve:
    if isinstance(event, CookingEvent):
        return ScriptedCurve(event.at_s, event.rise_s, rise, event.at_s + event.lasts_s, event.decay_s)
    begins = event.at_s + event.reach_s * event.points.index(address)
    return ScriptedCurve(begins, event.growth_s, rise, _or_infinity(event.until_s), event.decay_s)


def _rise(event: PointEvent, quantity: str, ambient: float) -> float:
    """Return the largest rise of *quantity* by a scripted *event*."""
    if not isinstance(event, FireEvent | CookingEvent) or quantity not in {"smoke", "temperature"}:
        return 0.0
    peak = event.peak_temperature if quantity == "temperature" else event.peak_smoke
    return max(0.0, peak - ambient)


def _or_infinity(ends_s: float | None) -> float:
    return math.inf if ends_s is None else ends_s
