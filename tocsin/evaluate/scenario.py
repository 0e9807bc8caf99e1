"""Plays a scenario through a gateway's detection and a center's confirmation, on virtual time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from alerting.domain.model.events import SignalSubject
from alerting.domain.model.rule import TypeB
from contract.detectors import ZigbeeState
from contract.messages import Edge, Kind, Scope
from contract.sentences import Decoder as LineDecoder
from contract.sentences import Sentence, encode
from contract.times import SECOND
from firmware_sim.domain.detectors import Availability, Damaged, ScheduledMessage
from firmware_sim.scenario.io_config import SimulatedDetectorKind as SimulatedKind
from firmware_sim.scenario.scenario import Scenario
from firmware_sim.simulation.build import scheduled_messages
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.detector_state import DetectorState, StateAge
from gateway.domain.model.moment import Moment
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.point import MonitoredPoint
from gateway.domain.supervision.line_watch import LineWatch
from gateway.settings import DetectionSettings, LineSettings
from tocsin.evaluate.center import EvaluatedCenter

START = 1_795_464_785 * SECOND
"""The moment of the scenario's second 0."""

_LINE_SILENT_S = 600.0

_TICK_S = 1.0

_REPORT_EVERY = 5_000
"""Messages between two reports of progress."""

# All points are in one zone, confirmed by type B, and nobody ever acts.
SUBJECT = SignalSubject("z", "", "", None, TypeB())
THRESHOLDS = DetectionSettings().thresholds(heat_class="A1", silent_after_s=300.0, stuck_after_s=0.0)

# None: a gateway judges an unconfigured point by all that it measures.
KINDS = {
    SimulatedKind.SMOKE: PointKind.SMOKE,
    SimulatedKind.HEAT: PointKind.HEAT,
    SimulatedKind.MANUAL: PointKind.MANUAL,
    SimulatedKind.ZIGBEE: PointKind.LEVEL,
    SimulatedKind.CO: None,
    SimulatedKind.MULTI: None,
}


@dataclass
class ScenarioOutcome:
    """The signals of one scenario, in its seconds: each with its time, and the first of each name."""

    signals: list[tuple[float, ConditionChange]] = field(default_factory=list)
    fires: dict[str, float] = field(default_factory=dict)
    prealarms: dict[str, float] = field(default_factory=dict)
    faults: dict[str, float] = field(default_factory=dict)
    attention: dict[str, float] = field(default_factory=dict)
    confirmed_s: float | None = None

    def add(self, change: ConditionChange, t: float) -> None:
        """Add *change* if it raises a condition."""
        if change.edge is not Edge.RAISED:
            return
        self.signals.append((t, change))
        if change.kind is Kind.FIRE:
            self.fires.setdefault(change.name, t)
        if change.kind is Kind.PREALARM:
            self.prealarms.setdefault(change.name, t)
        if change.kind is Kind.FAULT:
            self.faults.setdefault(change.name, t)
        if change.kind in {Kind.FAULT, Kind.SUPERVISORY}:
            self.attention.setdefault(change.name, t)


def play_scenario(
    scenario: Scenario, until_s: float, *, on_time: Callable[[float], None] | None = None
) -> ScenarioOutcome:
    """Return the signals of *scenario* until *until_s*; *on_time* is called as time passes."""
    result, gateway, center = ScenarioOutcome(), _Gateway(scenario), EvaluatedCenter(lambda _: SUBJECT)
    for number, due in enumerate(takewhile(lambda each: each.t < until_s, scheduled_messages(scenario))):
        if on_time is not None and number % _REPORT_EVERY == 0:
            on_time(due.t)
        for change in gateway.receive(due):
            result.add(change, due.t)
            if change.scope is Scope.POINT:
                center.accept_changes([change])
    center.run_until(_moment(until_s).at)
    if center.confirmed:
        result.confirmed_s = (center.confirmed[0] - START) / SECOND
    return result


class _Gateway:
    """The points and lines of a gateway, without connections."""

    def __init__(self, scenario: Scenario) -> None:
        self._points = {
            each.address: MonitoredPoint(
                each.address, kind=KINDS[each.kind], thresholds=THRESHOLDS, since=_moment(0.0)
            )
            for each in scenario.points
        }
        self._line_of = {each.address: each.line or each.source or "" for each in scenario.points}
        self._lines = {name: _watch(name) for name in set(self._line_of.values())}
        self._decoders = {name: LineDecoder() for name in self._lines}
        self._ticked = 0.0

    def receive(self, due: ScheduledMessage) -> Iterator[ConditionChange]:
        """Yield the changes that *due* and the time until then cause."""
        now = _moment(due.t)
        point = self._points[due.address]
        match due.message:
            case Sentence() | Damaged() as message:
                yield from self._read(self._line_of[due.address], message, now)
            case ZigbeeState() as state:
                yield from point.accept_state(_level_state(state), StateAge.LIVE, now)
            case Availability(online):
                yield from point.set_reachable(now, online=online)
        if due.t - self._ticked >= _TICK_S:
            self._ticked = due.t
            for each in self._points.values():
                yield from each.tick(now)
            for line in self._lines.values():
                yield from line.tick(now)

    def _read(self, name: str, message: Sentence | Damaged, now: Moment) -> Iterator[ConditionChange]:
        data = message.data if isinstance(message, Damaged) else encode(message)
        found = self._decoders[name].decode_bytes(data)
        sound = [each for each in found if isinstance(each, Sentence)]
        yield from self._lines[name].count_sentences(len(sound), len(found) - len(sound), now)
        for each in sound:
            yield from self._points[each.address].accept_sample(
                each.quantity, each.value, each.status, now
            )


def _level_state(state: ZigbeeState) -> DetectorState:
    return DetectorState(state.smoke, state.test, state.tamper, state.battery, state.battery_low)


def _watch(name: str) -> LineWatch:
    line = LineSettings(name=name, port="p")
    return LineWatch(
        name, silent_after_s=_LINE_SILENT_S, noisy_share=line.noisy_share, since=_moment(0.0)
    )


def _moment(t: float) -> Moment:
    return Moment(START + round(t * SECOND), t)
