"""All points of the gateway, by the addresses on which they are heard."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from contract.inventory import ListedPoint
from contract.messages import Kind, Scope
from contract.sentences import Sentence, Status
from gateway.domain.detection.switch import SWITCHES
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.detector_state import DetectorState, StateAge
from gateway.domain.model.moment import Moment
from gateway.domain.model.names import wire_name_from
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.model.reasons import SignalReason
from gateway.domain.points.address_counters import AddressCounters
from gateway.domain.points.battery import Battery
from gateway.domain.points.measurement_times import MeasurementTimes
from gateway.domain.points.point import MonitoredPoint
from gateway.domain.points.room_comparison import NeighbourThresholds, RoomComparison
from gateway.domain.points.thresholds import PointThresholds

_UNKNOWN = ConditionCause(Kind.SUPERVISORY, SignalReason.UNKNOWN_POINT)

_COMPARED_EVERY_S = 60.0
"""Seconds between two comparisons of the points of a room."""

DetectorAddress = tuple[str, str]
"""A line or source, and what the detector calls itself there."""

OpenConditions = dict[tuple[Scope, str], list[tuple[Kind, str]]]
"""The conditions that held before a restart, by thing."""


Baselines = dict[str, dict[str, float]]
"""The clean air learned so far, by point and quantity."""


@dataclass(frozen=True, slots=True)
class ConfiguredPoint:
    """A point in the settings."""

    name: str
    heard_at: DetectorAddress
    kind: PointKind
    thresholds: PointThresholds
    # The room that it hangs in: points of one room are compared with each other.
    room: str | None = None


class JudgedState(NamedTuple):
    """The name of the point, the changes, and whether the state was measured now."""

    name: str | None
    changes: Sequence[ConditionChange]
    is_now: bool = False


class SitePoints:
    """Finds the point of each sample, and passes the sample to it.

    A point that nobody configured is taken all the same, under its address as name, and reported
    once. The same address on two lines means two detectors: the second is named after its line too.
    *unknown* are the figures of such a point, *unknown_of* those of the sources that have their own.
    *names*, *held*, *baselines* and *heard* are what was known before a restart.
    """

    def __init__(
        self,
        configured: Iterable[ConfiguredPoint],
        *,
        unknown: PointThresholds,
        most_unknown: int,
        since: Moment,
        unknown_of: Mapping[str, PointThresholds] | None = None,
        names: dict[DetectorAddress, str] | None = None,
        held: OpenConditions | None = None,
        baselines: Baselines | None = None,
        heard: Iterable[str] = (),
        neighbours: NeighbourThresholds | None = None,
        battery_low_percent: float = 15.0,
    ) -> None:
        self._unknown = unknown
        self._unknown_of = unknown_of or {}
        self._most_unknown = most_unknown
        self._since = since
        self._held = dict(held or {})
        self._learned = dict(baselines or {})
        self._points: dict[DetectorAddress, MonitoredPoint] = {}
        self._taken: set[str] = set()
        self._counters: dict[DetectorAddress, AddressCounters] = {}
        self._duplicate_addresses: set[DetectorAddress] = set()
        self._heard = frozenset(heard)
        self._times: dict[str, MeasurementTimes] = {}
        self._batteries: dict[DetectorAddress, Battery] = {}
        self._battery_low_percent = battery_low_percent
        self._names = dict(names or {})
        self.unknown_points = 0
        self.ignored_samples = 0
        rooms: dict[str, list[DetectorAddress]] = defaultdict(list)
        for each in configured:
            self._add(each.heard_at, each.name, each.kind, each.thresholds)
            if each.room is not None:
                rooms[each.room].append(each.heard_at)
        self._rooms: list[RoomComparison] = []
        self._room_of: dict[DetectorAddress, RoomComparison] = {}
        for addresses in rooms.values():
            if neighbours is None:
                break
            room = RoomComparison([self._points[each] for each in addresses], neighbours)
            self._rooms.append(room)
            self._room_of |= dict.fromkeys(addresses, room)
        self._compared_at = since.t
        self._names = {heard: name for heard, name in self._names.items() if name not in self._taken}

    @property
    def points(self) -> dict[DetectorAddress, MonitoredPoint]:
        """All points, by address."""
        return self._points

    @property
    def names(self) -> dict[DetectorAddress, str]:
        """The names of unknown points, by address; also of those that were not heard since a restart.

        Of the latter only those of which something is still open: it ends by their address.
        """
        waiting = {at: name for at, name in self._names.items() if (Scope.POINT, name) in self._held}
        return waiting | {at: point.name for at, point in self._points.items() if point.kind is None}

    def accept_sentence(
        self, heard_on: str, sentence: Sentence, moment: Moment
    ) -> tuple[str | None, Sequence[ConditionChange]]:
        """Return the name of the point (None if it is ignored) and the changes of *sentence*."""
        address = (heard_on, sentence.address)
        name, changes = self.accept_sample(
            address, sentence.quantity, sentence.value, sentence.status, moment
        )
        if name is not None and (doubled := self._count_sentence(address, sentence, moment)):
            changes = [*changes, *doubled]
        return name, changes

    def accept_sample(
        self,
        address: DetectorAddress,
        quantity: str,
        value: float | None,
        status: Status,
        moment: Moment,
    ) -> tuple[str | None, Sequence[ConditionChange]]:
        """Return the same as ``accept_sentence`` for a sample without a sequence number."""
        point = self._points.get(address)
        if point is not None:
            changes = point.accept_sample(quantity, value, status, moment)
            if (changes or point.doubts_fire) and (room := self._room_of.get(address)) is not None:
                changes = [*changes, *room.confirm_doubted_fires(moment)]
            return point.name, changes
        pressed = quantity in SWITCHES and value is not None and value >= 1
        point, changes = self._add_unknown(address, moment, pressed=pressed)
        if point is None:
            return None, changes
        return point.name, [*point.accept_sample(quantity, value, status, moment), *changes]

    def accept_state(
        self,
        heard_on: str,
        address: str,
        state: DetectorState,
        *,
        retained: bool,
        moment: Moment,
        from_panel: bool = False,
    ) -> JudgedState:
        """Return the changes that a detector's own state brings.

        An unknown sender that tells no alarm level is not a detector but a lamp or a switch, unless a
        panel (*from_panel*) tells it: that has nothing else.
        """
        where = (heard_on, address)
        if not from_panel and not state.alarms and where not in self._points:
            return JudgedState(None, ())
        point, changes = self._find(where, moment, pressed=state.is_alarm)
        if point is None:
            return JudgedState(None, changes)
        judged = self._times.setdefault(heard_on, MeasurementTimes()).judge_age(
            address,
            state.measured_at,
            retained=retained,
            reporting_time_s=point.reporting_time_s,
            moment=moment,
        )
        before = point.last_heard
        heard = point.accept_state(self._with_battery(where, state, moment), judged.age, moment)
        if judged.age is not StateAge.UNKNOWN:
            if judged.is_new:
                heard += point.accept_values(state.values, moment)
            measured = Moment(moment.at - round(judged.since_s * 1e6), moment.t - judged.since_s)
            point.set_last_heard(measured if before is None or measured.t > before.t else before)
        is_now = judged.age is not StateAge.UNKNOWN and judged.is_new
        return JudgedState(point.name, [*heard, *changes], is_now=is_now)

    def _with_battery(
        self, where: DetectorAddress, state: DetectorState, moment: Moment
    ) -> DetectorState:
        """Return *state* with *battery_low* judged from the charge."""
        if state.battery is None and state.battery_low is None:
            return state
        battery = self._batteries.setdefault(where, Battery(self._battery_low_percent))
        if state.battery_low is not None:
            battery.note_flag(low=state.battery_low)
        if state.battery is not None:
            battery.note_percent(state.battery, moment.t)
        return replace(state, battery_low=battery.is_low)

    def is_known(self, heard_on: str, address: str) -> bool:
        """Return whether there is a point at *address*, or was one before a restart."""
        return self.name_of(heard_on, address) is not None

    def name_of(self, heard_on: str, address: str) -> str | None:
        """Return the name of the point at *address*, also of one from before a restart; else None."""
        where = (heard_on, address)
        point = self._points.get(where)
        return self._names.get(where) if point is None else point.name

    def set_reachable(
        self, heard_on: str, address: str, moment: Moment, *, online: bool
    ) -> Sequence[ConditionChange]:
        """Return the changes of reachability by the bridge; an unknown address may be anything."""
        point = self._points.get((heard_on, address))
        return point.set_reachable(moment, online=online) if point else ()

    def reset_alarms(self, heard_on: str, moment: Moment) -> list[ConditionChange]:
        """Return the changes of a panel's reset: no alarm of a point on *heard_on* stands any more."""
        changes: list[ConditionChange] = []
        for (line, _), point in self._points.items():
            if line == heard_on:
                changes += point.reset_alarms(moment)
        return [*changes, *self._reset_unheard(heard_on, moment)]

    def _reset_unheard(self, heard_on: str, moment: Moment) -> list[ConditionChange]:
        """Return the changes of a reset for unknown points that were not heard since a restart."""
        changes: list[ConditionChange] = []
        for (line, _), name in self._names.items():
            key = (Scope.POINT, name)
            if line == heard_on and key in self._held:
                conditions = ConditionSet(*key, self._held[key])
                changes += conditions.end_alarms_from_before_restart(moment)
                self._held[key] = list(conditions.open_conditions())
        return changes

    def raise_again_after(self, again_at: float) -> None:
        """Signal fires again that are still reported at *again_at* or later: an incident was closed."""
        for point in self._points.values():
            point.raise_again_after(again_at)

    def tick(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes by time alone; call about once a second."""
        changes = [change for point in self._points.values() for change in point.tick(moment)]
        changes += self._end_duplicate_addresses(moment)
        if self._rooms and moment.t - self._compared_at >= _COMPARED_EVERY_S:
            self._compared_at = moment.t
            changes += (change for room in self._rooms for change in room.tick(moment))
        return changes

    def open_conditions(self) -> OpenConditions:
        """Return open conditions, also from before the restart of points that were not heard since."""
        now = {
            (Scope.POINT, point.name): list(point.conditions.open_conditions())
            for point in self._points.values()
            if point.conditions
        }
        return self._held | now

    def baselines(self) -> Baselines:
        """Return the learned values of clean air, also of points that were not heard since a restart."""
        now = {point.name: learned for point in self._points.values() if (learned := point.baselines())}
        return self._learned | now

    @property
    def missed_sentences(self) -> int:
        """Number of sentences that were sent and not received, by gaps in their numbers."""
        return sum(each.missed_sentences for each in self._counters.values())

    def heard_points(self) -> frozenset[str]:
        """Return the names of all points that were ever heard, also before a restart."""
        return self._heard.union(each.name for each in self._points.values() if each.was_ever_heard)

    def inventory_entries(self) -> list[ListedPoint]:
        """Return all points for the inventory."""
        return [
            ListedPoint(each.name, each.kind and each.kind.value, each.was_ever_heard)
            for each in self._points.values()
        ]

    def count_by_state(self) -> dict[str, int]:
        """Return the number of points by state."""
        return dict(Counter(str(point.state) for point in self._points.values()))

    def _find(
        self, address: DetectorAddress, moment: Moment, *, pressed: bool
    ) -> tuple[MonitoredPoint | None, Sequence[ConditionChange]]:
        point = self._points.get(address)
        return (point, ()) if point is not None else self._add_unknown(address, moment, pressed=pressed)

    def _add_unknown(
        self, address: DetectorAddress, moment: Moment, *, pressed: bool
    ) -> tuple[MonitoredPoint | None, Sequence[ConditionChange]]:
        """Add an unknown point; one that reports fire is accepted beyond the limit for others."""
        if self.unknown_points >= self._most_unknown * (2 if pressed else 1):
            self.ignored_samples += 1
            return None, ()
        self.unknown_points += 1
        name = self._names.get(address) or self._free_name(address)
        thresholds = self._unknown_of.get(address[0], self._unknown)
        point = self._add(address, name, None, thresholds)
        return point, point.conditions.begin(_UNKNOWN, moment)

    def _add(
        self, address: DetectorAddress, name: str, kind: PointKind | None, thresholds: PointThresholds
    ) -> MonitoredPoint:
        held = self._held.pop((Scope.POINT, name), ())
        learned = self._learned.pop(name, None)
        point = MonitoredPoint(
            name,
            kind=kind,
            thresholds=thresholds,
            since=self._since,
            held=held,
            baselines=learned,
            heard_before=name in self._heard,
        )
        self._points[address] = point
        self._taken.add(name)
        return point

    def _free_name(self, address: DetectorAddress) -> str:
        line, own = address
        taken = self._taken.union(self._names.values())
        for candidate in (wire_name_from(own), wire_name_from(f"{line}-{own}")):
            if candidate not in taken:
                return candidate
        number = 2
        while (name := f"{wire_name_from(f'{line}-{own}')[:55]}-{number}") in taken:
            number += 1
        return name

    def _count_sentence(
        self, address: DetectorAddress, sentence: Sentence, moment: Moment
    ) -> Sequence[ConditionChange]:
        """Count the sentence; two counters in turn are two detectors at one address."""
        counters = self._counters.get(address)
        if counters is None:
            counters = AddressCounters(self._points[address].reporting_time_s)
            self._counters[address] = counters
        counters.count_sentence(sentence, moment.t)
        if not counters.duplicate or address in self._duplicate_addresses:
            return ()
        self._duplicate_addresses.add(address)
        return self._points[address].set_duplicate_address(moment, holds=True)

    def _end_duplicate_addresses(self, moment: Moment) -> list[ConditionChange]:
        changes: list[ConditionChange] = []
        for address in list(self._duplicate_addresses):
            self._counters[address].tick(moment.t)
            if not self._counters[address].duplicate:
                self._duplicate_addresses.discard(address)
                changes += self._points[address].set_duplicate_address(moment, holds=False)
        return changes
