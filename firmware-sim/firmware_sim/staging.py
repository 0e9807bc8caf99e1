"""Turns a scenario into detectors, and these into everything that they will say."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from firmware_sim.domain.curves import Change, Course, Pressed
from firmware_sim.domain.detectors import (
    Condition,
    Counter,
    Detector,
    Due,
    Plan,
    Radio,
    Stormy,
    Trouble,
    Wired,
    schedule,
)
from firmware_sim.domain.flaws import Dirt as DirtChange
from firmware_sim.domain.flaws import Noise as NoiseChange
from firmware_sim.domain.flaws import Spikes as SpikesChange
from firmware_sim.domain.nuisances import DISTURBED, Span
from firmware_sim.events import (
    AtPoints,
    Breakage,
    Cooking,
    Dirt,
    Disturbance,
    Fault,
    Fire,
    Noise,
    Press,
    Restore,
    Spikes,
    Storm,
    Tamper,
)
from firmware_sim.physical import Fires
from firmware_sim.scenario import Scenario
from firmware_sim.wiring import Point, PointKind


@dataclass(frozen=True, slots=True)
class _Profile:
    """What sensors of one quantity have in common; figures in its unit (see Plan)."""

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
    PointKind.SMOKE: ("smoke",),
    PointKind.ZIGBEE: ("smoke",),
    PointKind.HEAT: ("temperature",),
    PointKind.CO: ("co",),
    PointKind.MULTI: ("smoke", "temperature", "co"),
    PointKind.MANUAL: ("manual",),
}


def everything_said(scenario: Scenario) -> Iterator[Due]:
    """All that the detectors of *scenario* ever say, in order of time and without end."""
    stage = _Stage(scenario)
    detectors = [each for point in scenario.points for each in stage.detectors(point)]
    return schedule(detectors, every_s=scenario.sample_every_s)


def sensors(scenario: Scenario) -> Iterator[tuple[Plan, Wired]]:
    """Each sensor of *scenario*, as if it were wired and no storm upset its line, and its plan."""
    stage = _Stage(scenario)
    for point in scenario.points:
        for plan in stage.plans(point):
            yield plan, Wired(plan, random.Random(stage.seed(plan)), Counter())


class _Stage:
    """A scenario whose fires have been calculated and whose events are sorted by point."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._fires = Fires(scenario)
        self._at: dict[str, list[AtPoints]] = {point.address: [] for point in scenario.points}
        for event in scenario.events:
            if not isinstance(event, Storm):
                for address in event.points:
                    self._at[address].append(event)

    def detectors(self, point: Point) -> Iterator[Detector]:
        """The sensors of *point*: one for each quantity, which count their sentences together."""
        counter = Counter()
        for plan in self.plans(point):
            noise = random.Random(self.seed(plan))
            if point.kind is PointKind.ZIGBEE:
                yield Radio(plan, noise, report_s=self._report_s(point))
            else:
                yield self._in_the_storm(point, Wired(plan, noise, counter), plan)

    def plans(self, point: Point) -> Iterator[Plan]:
        """What each sensor of *point* measures."""
        burnt = self._fires.changes(point)
        conditions = tuple(self._conditions(point.address))
        for quantity in _MEASURED[point.kind]:
            profile = _PROFILES[quantity]
            ambient = self._ambient(point, quantity)
            yield Plan(
                address=point.address,
                quantity=quantity,
                ambient=ambient,
                spread=profile.spread if point.spread is None else point.spread,
                decimals=profile.decimals,
                low=profile.low,
                high=profile.high,
                rail=profile.rail,
                changes=(
                    *((burnt[quantity],) if quantity in burnt else ()),
                    *self._changes(point.address, quantity, ambient),
                ),
                conditions=conditions,
            )

    def _ambient(self, point: Point, quantity: str) -> float:
        if point.ambient is not None and len(_MEASURED[point.kind]) == 1:
            return point.ambient
        room = next((each for each in self._scenario.rooms if each.name == point.room), None)
        if quantity == "temperature" and room is not None:
            return room.celsius
        return _PROFILES[quantity].ambient

    def seed(self, plan: Plan) -> str:
        """What the noise of a sensor is drawn from."""
        return f"{self._scenario.seed}/{plan.address}/{plan.quantity}"

    def _report_s(self, point: Point) -> float:
        return next(each.report_every_s for each in self._scenario.sources if each.name == point.source)

    def _in_the_storm(self, point: Point, detector: Wired, plan: Plan) -> Detector:
        spans = [
            (event.at_s, event.until_s, event.share)
            for event in self._scenario.events
            if isinstance(event, Storm) and point.line in event.lines
        ]
        if not spans:
            return detector
        return Stormy(detector, spans, random.Random(f"{self.seed(plan)}/storm"))

    def _changes(self, address: str, quantity: str, ambient: float) -> Iterator[Change]:
        for place, event in enumerate(self._at[address]):
            yield from self._change(
                event, address, quantity, rise=_rise(event, quantity, ambient), place=place
            )

    def _change(
        self, event: AtPoints, address: str, quantity: str, *, rise: float, place: int
    ) -> Iterator[Change]:
        seed = f"{self._scenario.seed}/{address}/{quantity}/{place}"
        match event:
            case Fire() | Cooking():
                yield _course(event, address, rise)
            case Press():
                yield Pressed(event.at_s, self._end(event, address))
            case Disturbance():
                maker = DISTURBED[event.kind].get(quantity)
                if maker is not None:
                    yield maker(Span(event.at_s, event.until_s), event.strength, seed)
            case Dirt() if quantity == "smoke":
                yield DirtChange(event.at_s, self._end(event, address), event.per_day)
            case Spikes() | Noise():
                yield self._wrong(event, address, seed)

    def _wrong(self, event: Spikes | Noise, address: str, seed: str) -> Change:
        span = (event.at_s, self._end(event, address))
        if isinstance(event, Noise):
            return NoiseChange(span, seed, size=event.size)
        return SpikesChange(
            span,
            seed,
            every_s=event.every_s,
            sample_s=self._scenario.sample_every_s,
            size=event.size,
        )

    def _conditions(self, address: str) -> Iterator[Condition]:
        for event in self._at[address]:
            match event:
                case Fault():
                    yield Condition(event.how, event.at_s, self._end(event, address))
                case Tamper():
                    yield Condition(Trouble.TAMPER, event.at_s, self._end(event, address))

    def _end(self, event: Breakage, address: str) -> float:
        """When *event* is over at *address*: by itself, or by the first restore after it."""
        restores = [
            each.at_s
            for each in self._at[address]
            if isinstance(each, Restore) and each.at_s > event.at_s
        ]
        return min([_or_never(event.until_s), *restores])


def _course(event: Fire | Cooking, address: str, rise: float) -> Course:
    if isinstance(event, Cooking):
        return Course(event.at_s, event.rise_s, rise, event.at_s + event.lasts_s, event.decay_s)
    begins = event.at_s + event.reach_s * event.points.index(address)
    return Course(begins, event.growth_s, rise, _or_never(event.until_s), event.decay_s)


def _rise(event: AtPoints, quantity: str, ambient: float) -> float:
    """By how much a scripted *event* raises *quantity* at most."""
    if not isinstance(event, Fire | Cooking) or quantity not in {"smoke", "temperature"}:
        return 0.0
    peak = event.peak_temperature if quantity == "temperature" else event.peak_smoke
    return max(0.0, peak - ambient)


def _or_never(ends_s: float | None) -> float:
    return math.inf if ends_s is None else ends_s
