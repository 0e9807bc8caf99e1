"""All points of the premises: who is heard where, under which name, and what follows from it."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from contract.inventory import ListedPoint
from contract.messages import Kind, Scope
from contract.sentences import Sentence, Status
from gateway.domain.battery import Battery
from gateway.domain.changes import Cause, Change, Moment, Reason
from gateway.domain.channel import SWITCHES, PointFigures
from gateway.domain.counters import AddressCounters
from gateway.domain.level import Age, LevelState
from gateway.domain.measured import SourceTimes
from gateway.domain.neighbours import NeighbourFigures, Neighbours
from gateway.domain.point import Point, PointKind

_UNKNOWN = Cause(Kind.SUPERVISORY, Reason.UNKNOWN_POINT)
_LONGEST_NAME = 63

_COMPARED_EVERY_S = 60.0
"""How often the points of a room are compared."""

Address = tuple[str, str]
"""A line or source, and what the detector calls itself there."""

Held = dict[tuple[Scope, str], list[tuple[Kind, str]]]
"""What held before a restart, by thing."""


Baselines = dict[str, dict[str, float]]
"""What was learned of clean air, by point and quantity."""


@dataclass(frozen=True, slots=True)
class Configured:
    """A point that somebody configured."""

    name: str
    heard_at: Address
    kind: PointKind
    figures: PointFigures
    # The room that it hangs in: points of one room are compared with each other.
    room: str | None = None


class HeardState(NamedTuple):
    """The name of the point that a state is from, what follows, and whether it was measured now."""

    name: str | None
    changes: Sequence[Change]
    is_now: bool = False


class Site:
    """Finds the point that a sample belongs to, and asks it what follows.

    A point that nobody configured is taken all the same, under its address as name, and reported
    once. The same address on two lines means two detectors: the second is named after its line too.
    *unknown* are the figures of such a point, *unknown_of* those of the sources that have their own.
    *names*, *held*, *baselines* and *heard* are what was known before a restart.
    """

    def __init__(
        self,
        configured: Iterable[Configured],
        *,
        unknown: PointFigures,
        most_unknown: int,
        since: Moment,
        unknown_of: Mapping[str, PointFigures] | None = None,
        names: dict[Address, str] | None = None,
        held: Held | None = None,
        baselines: Baselines | None = None,
        heard: Iterable[str] = (),
        neighbours: NeighbourFigures | None = None,
        battery_low_percent: float = 15.0,
    ) -> None:
        self._unknown = unknown
        self._unknown_of = unknown_of or {}
        self._most_unknown = most_unknown
        self._since = since
        self._held = dict(held or {})
        self._learned = dict(baselines or {})
        self._points: dict[Address, Point] = {}
        self._taken: set[str] = set()
        self._counters: dict[Address, AddressCounters] = {}
        self._doubled: set[Address] = set()
        self._heard = frozenset(heard)
        self._times: dict[str, SourceTimes] = {}
        self._batteries: dict[Address, Battery] = {}
        self._battery_low_percent = battery_low_percent
        self._names = dict(names or {})
        self.unknown_points = 0
        self.ignored = 0
        rooms: dict[str, list[Address]] = defaultdict(list)
        for each in configured:
            self._add(each.heard_at, each.name, each.kind, each.figures)
            if each.room is not None:
                rooms[each.room].append(each.heard_at)
        self._rooms: list[Neighbours] = []
        self._room_of: dict[Address, Neighbours] = {}
        for addresses in rooms.values():
            if neighbours is None:
                break
            room = Neighbours([self._points[each] for each in addresses], neighbours)
            self._rooms.append(room)
            self._room_of |= dict.fromkeys(addresses, room)
        self._compared_at = since.t
        self._names = {heard: name for heard, name in self._names.items() if name not in self._taken}

    @property
    def points(self) -> dict[Address, Point]:
        """All points, by where they are heard."""
        return self._points

    @property
    def names(self) -> dict[Address, str]:
        """The names of the points that nobody configured."""
        return {at: point.name for at, point in self._points.items() if point.kind is None}

    def hear(
        self, heard_on: str, sentence: Sentence, moment: Moment
    ) -> tuple[str | None, Sequence[Change]]:
        """The name of the point that *sentence* is from, and what follows; None if it is ignored."""
        address = (heard_on, sentence.address)
        name, changes = self.take(address, sentence.quantity, sentence.value, sentence.status, moment)
        if name is not None and (doubled := self._count(address, sentence, moment)):
            changes = [*changes, *doubled]
        return name, changes

    def take(
        self, address: Address, quantity: str, value: float | None, status: Status, moment: Moment
    ) -> tuple[str | None, Sequence[Change]]:
        """As ``hear``, for a sample that came without a sequence."""
        point = self._points.get(address)
        if point is not None:
            changes = point.hear(quantity, value, status, moment)
            if (changes or point.doubts_fire) and (room := self._room_of.get(address)) is not None:
                changes = [*changes, *room.bear_out(moment)]
            return point.name, changes
        pressed = quantity in SWITCHES and value is not None and value >= 1
        point, changes = self._meet(address, moment, pressed=pressed)
        if point is None:
            return None, changes
        return point.name, [*point.hear(quantity, value, status, moment), *changes]

    def hear_state(
        self, heard_on: str, address: str, state: LevelState, *, retained: bool, moment: Moment
    ) -> HeardState:
        """As ``hear``, for a detector that judges by itself.

        An unknown sender that tells no alarm level is not a detector but a lamp or a switch.
        """
        where = (heard_on, address)
        if not state.alarms and where not in self._points:
            return HeardState(None, ())
        point, changes = self._find(where, moment, pressed=state.is_alarm)
        if point is None:
            return HeardState(None, changes)
        told = self._times.setdefault(heard_on, SourceTimes()).judge(
            address,
            state.measured_at,
            retained=retained,
            reporting_time_s=point.reporting_time_s,
            moment=moment,
        )
        before = point.heard
        heard = point.hear_state(self._with_battery(where, state, moment), told.age, moment)
        if told.age is not Age.UNKNOWN:
            if told.is_new:
                heard += point.hear_values(state.values, moment)
            measured = Moment(moment.at - round(told.since_s * 1e6), moment.t - told.since_s)
            point.was_heard(measured if before is None or measured.t > before.t else before)
        is_now = told.age is not Age.UNKNOWN and told.is_new
        return HeardState(point.name, [*heard, *changes], is_now=is_now)

    def _with_battery(self, where: Address, state: LevelState, moment: Moment) -> LevelState:
        """Return *state* with what its battery's charge means."""
        if state.battery is None and state.battery_low is None:
            return state
        battery = self._batteries.setdefault(where, Battery(self._battery_low_percent))
        if state.battery_low is not None:
            battery.note_flag(low=state.battery_low)
        if state.battery is not None:
            battery.note_percent(state.battery, moment.t)
        return replace(state, battery_low=battery.is_low)

    def available(
        self, heard_on: str, address: str, moment: Moment, *, online: bool
    ) -> Sequence[Change]:
        """Its bridge says whether a point can be reached; an unknown one may be anything."""
        point = self._points.get((heard_on, address))
        return point.available(moment, online=online) if point else ()

    def incident_closed(self, again_at: float) -> None:
        """An incident was closed: signal anew what says at *again_at* or later that it is in fire."""
        for point in self._points.values():
            point.incident_closed(again_at)

    def tick(self, moment: Moment) -> list[Change]:
        """What follows from time alone; to be asked about once a second."""
        changes = [change for point in self._points.values() for change in point.tick(moment)]
        changes += self._look_for_single_addresses(moment)
        if self._rooms and moment.t - self._compared_at >= _COMPARED_EVERY_S:
            self._compared_at = moment.t
            changes += (change for room in self._rooms for change in room.tick(moment))
        return changes

    def held(self) -> Held:
        """What holds now, and what held before the restart of points that were not met since."""
        now = {
            (Scope.POINT, point.name): list(point.conditions.held())
            for point in self._points.values()
            if point.conditions
        }
        return self._held | now

    def baselines(self) -> Baselines:
        """What is learned of clean air, and what was of points that were not met since a restart."""
        now = {point.name: learned for point in self._points.values() if (learned := point.baselines())}
        return self._learned | now

    @property
    def missed(self) -> int:
        """Number of sentences that were sent and not heard, by the gaps in their numbers."""
        return sum(each.missed for each in self._counters.values())

    def heard_points(self) -> frozenset[str]:
        """The names of all points that were ever heard, also before a restart."""
        return self._heard.union(each.name for each in self._points.values() if each.was_ever_heard)

    def listed(self) -> list[ListedPoint]:
        """All points, for the inventory."""
        return [
            ListedPoint(each.name, each.kind and each.kind.value, each.was_ever_heard)
            for each in self._points.values()
        ]

    def count_by_state(self) -> dict[str, int]:
        """How many points are in each state."""
        return dict(Counter(str(point.state) for point in self._points.values()))

    def _find(
        self, address: Address, moment: Moment, *, pressed: bool
    ) -> tuple[Point | None, Sequence[Change]]:
        point = self._points.get(address)
        return (point, ()) if point is not None else self._meet(address, moment, pressed=pressed)

    def _meet(
        self, address: Address, moment: Moment, *, pressed: bool
    ) -> tuple[Point | None, Sequence[Change]]:
        """Take a point that nobody configured; one that says fire finds room where others do not."""
        if self.unknown_points >= self._most_unknown * (2 if pressed else 1):
            self.ignored += 1
            return None, ()
        self.unknown_points += 1
        name = self._names.get(address) or self._free_name(address)
        figures = self._unknown_of.get(address[0], self._unknown)
        point = self._add(address, name, None, figures)
        return point, point.conditions.begin(_UNKNOWN, moment)

    def _add(self, address: Address, name: str, kind: PointKind | None, figures: PointFigures) -> Point:
        held = self._held.pop((Scope.POINT, name), ())
        learned = self._learned.pop(name, None)
        point = Point(
            name,
            kind=kind,
            figures=figures,
            since=self._since,
            held=held,
            baselines=learned,
            heard_before=name in self._heard,
        )
        self._points[address] = point
        self._taken.add(name)
        return point

    def _free_name(self, address: Address) -> str:
        line, own = address
        taken = self._taken.union(self._names.values())
        for candidate in (name_from(own), name_from(f"{line}-{own}")):
            if candidate not in taken:
                return candidate
        number = 2
        while (name := f"{name_from(f'{line}-{own}')[:55]}-{number}") in taken:
            number += 1
        return name

    def _count(self, address: Address, sentence: Sentence, moment: Moment) -> Sequence[Change]:
        """Count the sentence; two counters in turn are two detectors at one address."""
        counters = self._counters.get(address)
        if counters is None:
            counters = AddressCounters(self._points[address].reporting_time_s)
            self._counters[address] = counters
        counters.hear(sentence, moment.t)
        if not counters.doubled or address in self._doubled:
            return ()
        self._doubled.add(address)
        return self._points[address].double_address(moment, holds=True)

    def _look_for_single_addresses(self, moment: Moment) -> list[Change]:
        changes: list[Change] = []
        for address in list(self._doubled):
            self._counters[address].tick(moment.t)
            if not self._counters[address].doubled:
                self._doubled.discard(address)
                changes += self._points[address].double_address(moment, holds=False)
        return changes


def name_from(text: str) -> str:
    """A name for the wire made of *text*: "Bếp 1" becomes "bep-1"."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST_NAME] or "point"
