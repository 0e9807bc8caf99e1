"""Judges a scenario as a gateway and a center would, on virtual time, against its ``[expect]``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from alerting.domain.model.events import SignalSubject
from alerting.domain.model.rule import TypeB
from contract.detectors import ZigbeeState
from contract.messages import Edge, Kind, Scope
from contract.sentences import Decoder as LineDecoder
from contract.sentences import Sentence, encode
from contract.times import SECOND
from firmware_sim.domain.detectors import Availability, Due, Garbled
from firmware_sim.expect import Expect
from firmware_sim.scenario import Scenario
from firmware_sim.staging import everything_said
from firmware_sim.wiring import PointKind as SimulatedKind
from gateway.domain.changes import Change, Moment
from gateway.domain.channel import PointFigures
from gateway.domain.level import Age, LevelState
from gateway.domain.line import LineWatch
from gateway.domain.point import Point, PointKind
from gateway.settings import Heat, Line, Smoke
from tocsin.evaluate.center import Center

START = 1_795_464_785 * SECOND
# All points are in one zone, and nobody ever acts.
SUBJECT = SignalSubject("z", "", "", None, TypeB())
FIGURES = PointFigures(smoke=Smoke().figures(), heat=Heat().figures("A1"), silent_after_s=300.0)

# A point that nobody configured is judged by all that it measures, as these are.
KINDS = {
    SimulatedKind.SMOKE: PointKind.SMOKE,
    SimulatedKind.HEAT: PointKind.HEAT,
    SimulatedKind.MANUAL: PointKind.MANUAL,
    SimulatedKind.ZIGBEE: PointKind.LEVEL,
    SimulatedKind.CO: None,
    SimulatedKind.MULTI: None,
}


def moment(t: float) -> Moment:
    return Moment(START + round(t * SECOND), t)


@dataclass
class Outcome:
    """When what was first raised, in seconds of the scenario."""

    fires: dict[str, float] = field(default_factory=dict)
    prealarms: dict[str, float] = field(default_factory=dict)
    faults: dict[str, float] = field(default_factory=dict)
    attention: dict[str, float] = field(default_factory=dict)
    confirmed_s: float | None = None
    reasons: dict[str, set[str]] = field(default_factory=dict)

    def note(self, change: Change, t: float) -> None:
        if change.edge is not Edge.RAISED:
            return
        self.reasons.setdefault(change.name, set()).add(change.reason)
        if change.kind is Kind.FIRE:
            self.fires.setdefault(change.name, t)
        if change.kind is Kind.PREALARM:
            self.prealarms.setdefault(change.name, t)
        if change.kind is Kind.FAULT:
            self.faults.setdefault(change.name, t)
        if change.kind in {Kind.FAULT, Kind.SUPERVISORY}:
            self.attention.setdefault(change.name, t)


class Gateway:
    """Points and lines as a gateway has them, without the gateway around."""

    def __init__(self, scenario: Scenario) -> None:
        self._points = {
            each.address: Point(each.address, kind=KINDS[each.kind], figures=FIGURES, since=moment(0.0))
            for each in scenario.points
        }
        self._line_of = {each.address: each.line or each.source or "" for each in scenario.points}
        self._lines = {name: _watch(name) for name in set(self._line_of.values())}
        self._decoders = {name: LineDecoder() for name in self._lines}
        self._ticked = 0.0

    def hear(self, due: Due) -> Iterator[Change]:
        now = moment(due.t)
        point = self._points[due.address]
        match due.says:
            case Sentence() | Garbled() as says:
                yield from self._read(self._line_of[due.address], says, now)
            case ZigbeeState() as state:
                told = LevelState(
                    state.smoke, state.test, state.tamper, state.battery, state.battery_low
                )
                yield from point.hear_state(told, Age.LIVE, now)
            case Availability(online):
                yield from point.available(now, online=online)
        if due.t - self._ticked >= 1.0:
            self._ticked = due.t
            for each in (*self._points.values(), *self._lines.values()):
                yield from each.tick(now)

    def _read(self, name: str, says: Sentence | Garbled, now: Moment) -> Iterator[Change]:
        data = says.data if isinstance(says, Garbled) else encode(says)
        found = self._decoders[name].feed(data)
        sound = [each for each in found if isinstance(each, Sentence)]
        yield from self._lines[name].heard(len(sound), len(found) - len(sound), now)
        for each in sound:
            yield from self._points[each.address].hear(each.quantity, each.value, each.status, now)


def _watch(name: str) -> LineWatch:
    line = Line(name=name, port="p")
    return LineWatch(name, silent_after_s=600.0, noisy_share=line.noisy_share, since=moment(0.0))


def outcome(scenario: Scenario, until: float) -> Outcome:
    """What comes of *scenario* until *until* seconds."""
    result, gateway, center = Outcome(), Gateway(scenario), Center(lambda _: SUBJECT)
    for due in takewhile(lambda each: each.t < until, everything_said(scenario)):
        for change in gateway.hear(due):
            result.note(change, due.t)
            if change.scope is Scope.POINT:
                center.hear([change])
    center.until(moment(until).at)
    if center.confirmed:
        result.confirmed_s = (center.confirmed[0] - START) / SECOND
    return result


def broken(expect: Expect, found: Outcome) -> list[str]:
    """What *found* owes to *expect*, a sentence each; empty where all is as it should be."""
    return [
        *_late("alarm", expect.alarm, found.fires),
        *_late("fault", expect.fault, found.faults),
        *_late("attention", expect.attention, found.attention),
        *_unexpected("alarm", found.fires, {*expect.alarm, *expect.may_alarm}),
        *_unexpected("fault", found.faults, {*expect.fault, *expect.attention, *expect.may_fault}),
        *(
            f"{name} alarmed at {at:.0f} s, before {expect.not_before_s:.0f} s"
            for name, at in found.fires.items()
            if at < expect.not_before_s
        ),
        *_confirmation(expect, found),
    ]


def _late(what: str, owed: Mapping[str, float], found: Mapping[str, float]) -> Iterator[str]:
    for name, by_s in owed.items():
        if name not in found:
            yield f"{name} raised no {what} by {by_s:.0f} s"
        elif found[name] > by_s:
            yield f"{name} raised its {what} at {found[name]:.0f} s, not by {by_s:.0f} s"


def _unexpected(what: str, found: Mapping[str, float], allowed: set[str]) -> Iterator[str]:
    for name, at in found.items():
        if name not in allowed:
            yield f"{name} raised {what} at {at:.0f} s, which nobody owed"


def _confirmation(expect: Expect, found: Outcome) -> Iterator[str]:
    if expect.confirmed_by_s is None and found.confirmed_s is not None:
        yield f"confirmed at {found.confirmed_s:.0f} s, where there was no fire"
    if expect.confirmed_by_s is not None and found.confirmed_s is None:
        yield f"not confirmed by {expect.confirmed_by_s:.0f} s"
    if expect.confirmed_by_s is not None and (found.confirmed_s or 0.0) > expect.confirmed_by_s:
        yield f"confirmed at {found.confirmed_s:.0f} s, not by {expect.confirmed_by_s:.0f} s"
