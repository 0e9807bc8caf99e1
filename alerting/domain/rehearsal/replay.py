"""Replays a history under one registry, in virtual time: the decisions, and their times.

The decisions are alerting's own. Of the deadlines only those run that can confirm, notify or clear a
suspicion; later stages of the escalation are left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from alerting.domain.confirmation.subject import OutOfService, subject, unavailable_partners
from alerting.domain.decisions.decide import decide_fire
from alerting.domain.decisions.escalation import WINDOW
from alerting.domain.model.effects import (
    CancelDeadline,
    Effect,
    SetDeadline,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import (
    DeadlineDue,
    Event,
    FireSignalStored,
    GatewayLost,
    PartnersLost,
    SignalSubject,
    StoredSignal,
)
from alerting.domain.model.fire import FireIncident, Phase, PointInFire, point_key
from alerting.domain.model.incident import IncidentKind, PremisesSnapshot
from alerting.domain.model.override import OF_POINTS, Override
from alerting.domain.notification.center import CENTER
from alerting.domain.notification.policy import fire_policy_of
from alerting.domain.rehearsal.conditions import OUT_OF_SERVICE_KINDS, StandingConditions
from alerting.domain.rehearsal.history import Happening, ReplayedAction, ReplayedSignal, SignalKey
from alerting.domain.watch.gateways import LOST
from contract.messages import Edge, Kind, Scope
from contract.times import SECOND, Micros
from registry.domain.index import Index, Unregistered

_LOST = frozenset(each.value for each in LOST)


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """Times that no registry says, in microseconds; the defaults are those of alerting's settings.

    *window* is that of a point that nobody registered, *grace* what a late signal waits at least.
    """

    window: Micros = 300 * SECOND
    grace: Micros = 10 * SECOND


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was decided, and the named reason."""

    at: Micros
    reason: str


@dataclass(frozen=True, slots=True)
class IncidentCourse:
    """What became of one suspicion: *incident* as it is now, and when it was first told of so."""

    incident: FireIncident
    confirmed: Moment | None = None
    unconfirmed: Moment | None = None
    ended: Moment | None = None

    @property
    def needs_a_person(self) -> bool:
        """Whether only a person ends it: it is confirmed, was told, or somebody has it."""
        one = self.incident
        return bool(one.confirmed_at is not None or one.unconfirmed or one.owner)


@dataclass(slots=True)
class ReplayResult:
    """What a step led to: which incident each raise *joined*, by its id, and which ones *ended*."""

    joined: dict[SignalKey, str] = field(default_factory=dict)
    ended: list[IncidentCourse] = field(default_factory=list)


class Replay:
    """All premises by the registry *index*; what is called must come in the order of time."""

    def __init__(self, index: Index, waits: ReplaySettings, overrides: Iterable[Override] = ()) -> None:
        self.seen = ReplayResult()
        self._index = index
        self._waits = waits
        self._standing = StandingConditions()
        self._measures: dict[str, list[Override]] = {}
        self._to_end = sorted((m for m in overrides if m.kind in OF_POINTS), key=_end, reverse=True)
        for each in self._to_end:
            self._measures.setdefault(each.site.id, []).append(each)
        tests = (m for m in self._to_end if m.kind is IncidentKind.TEST)
        self._to_begin = sorted(tests, key=lambda each: each.opened_at, reverse=True)
        self._open: dict[str, dict[str, IncidentCourse]] = {}
        self._left: dict[tuple[str, str], FireIncident] = {}
        self._deadlines: dict[str, Micros] = {}
        self._due: list[tuple[Micros, str, str, str]] = []
        self._sites: dict[str, PremisesSnapshot] = {}

    @property
    def open(self) -> Iterator[IncidentCourse]:
        """The suspicions and fires that have not ended."""
        return (course for parts in self._open.values() for course in parts.values())

    def begin(self, standing: Iterable[ReplayedSignal]) -> None:
        """Note what stands already as the history begins."""
        for each in standing:
            self._standing.note(each)

    def step(self, happened: Sequence[Happening], now: Micros) -> None:
        """What happened at *now*, after all that came due by then."""
        self.run(now)
        self._take([each for each in happened if isinstance(each, ReplayedSignal)], now)
        for each in happened:
            if isinstance(each, ReplayedAction):
                self._act(each, now)

    def run(self, now: Micros) -> None:
        """Run the deadlines, and the orders and ends of tests, by *now*: each at its own moment."""
        while (at := self._next()) is not None and at <= now:
            if self._to_begin and self._to_begin[-1].opened_at == at:
                # What is on test confirms nothing: a suspicion may wait for it alone.
                self._look_for_partners(self._to_begin.pop().site.id, at)
                continue
            if self._to_end and _end(self._to_end[-1]) == at:
                self._left_standing(self._to_end.pop(), at)
                continue
            _, number, premises, part = heappop(self._due)
            course = self._open.get(premises, {}).get(part)
            if course is not None and self._deadlines.get(number) == at:
                del self._deadlines[number]
                self._happen(premises, course, DeadlineDue(WINDOW), at)

    def _take(self, signals: Sequence[ReplayedSignal], now: Micros) -> None:
        """The signals of one transaction."""
        for each in signals:
            self._standing.note(each)
        for each in signals:
            self._hear(each, now)
            if _loses_a_gateway(each.stored):
                self._lose(each, now)
        for premises in dict.fromkeys(each.premises for each in signals if _mutes(each.stored)):
            self._look_for_partners(premises, now)

    def _act(self, acted: ReplayedAction, now: Micros) -> None:
        """A fire of the ledger was taken or ended: so is what has a point in common with it.

        What the ledger cleared ends here too where only a person could end it; a suspicion keeps its
        own time.
        """
        for course in list(self._open.get(acted.premises, {}).values()):
            is_meant = not acted.points.isdisjoint(course.incident.points)
            if is_meant and (course.needs_a_person or not acted.is_clearing):
                self._happen(acted.premises, course, acted.act, now)

    def _next(self) -> Micros | None:
        ends = [_end(each) for each in self._to_end[-1:]]
        begins = [each.opened_at for each in self._to_begin[-1:]]
        return min([*ends, *begins, *(each[0] for each in self._due[:1])], default=None)

    def _hear(self, stored: ReplayedSignal, now: Micros) -> None:
        """What a point says in a test or drill is no fire; what is no fire confirms nothing."""
        signal = stored.stored.signal
        if signal.kind is not Kind.FIRE or self._is_on_measure(stored, now):
            return
        premises, about = stored.premises, self._subject(stored, now)
        open_one = self._open.get(premises, {}).get(about.building)
        standing: tuple[PointInFire, ...] = ()
        ended = self._standing.overtaken(stored) if signal.edge is Edge.RAISED else None
        if open_one is None and signal.edge is Edge.RAISED:
            standing = self._still_standing(premises, about.building)
        event = FireSignalStored(
            replace(stored.stored, restored_at=ended),
            about,
            self._site(premises),
            self._waits.grace,
            standing,
        )
        number = self._happen(premises, open_one, event, now)
        if number is not None and signal.edge is Edge.RAISED:
            self.seen.joined[stored.number] = number

    def _subject(self, stored: ReplayedSignal, now: Micros) -> SignalSubject:
        premises, heard, name = stored.premises, stored.stored, stored.stored.signal.name
        about = subject(
            self._index, premises, gateway=heard.gateway, signal=heard.signal, window=self._waits.window
        )
        if (out_of_service := self._mute(premises, now)) is None or about.detector is None:
            return about
        names = unavailable_partners(
            self._index, premises, name=name, rule=about.rule, out_of_service=out_of_service
        )
        return replace(about, unavailable_partners=names)

    def _site(self, premises: str) -> PremisesSnapshot:
        if premises not in self._sites:
            self._sites[premises] = fire_policy_of(self._index, premises)
        return self._sites[premises]

    def _still_standing(self, premises: str, part: str) -> tuple[PointInFire, ...]:
        """The points that the last fire there left standing, and are so still."""
        last = self._left.get((premises, part))
        return tuple(
            point
            for point in (last.points.values() if last else ())
            if point.standing and self._standing.restored_since(premises, point) is None
        )

    def _is_on_measure(self, stored: ReplayedSignal, now: Micros) -> bool:
        """Whether the point is on test or in a drill, and not in a real fire already."""
        signal = stored.stored.signal
        if signal.scope is not Scope.POINT:
            return False
        point = self._index.point(stored.premises, signal.name)
        if not isinstance(point, Unregistered) and point.gateway != stored.stored.gateway:
            return False  # another point, which nobody registered and nobody put on test
        zone = None if isinstance(point, Unregistered) else point.zone
        return any(
            each.begins <= stored.stored.happened_at and each.covers(signal.name, zone)
            for each in self._ordered(stored.premises, now)
        ) and not self._is_in_fire(stored)

    def _ordered(self, premises: str, now: Micros) -> Iterator[Override]:
        """The tests and drills of *premises* that are open at *now*."""
        for each in self._measures.get(premises, ()):
            if each.opened_at <= now < _end(each):
                yield each

    def _is_in_fire(self, stored: ReplayedSignal) -> bool:
        key = point_key(stored.stored.gateway, stored.stored.signal.name)
        return any(key in each.incident.points for each in self._open.get(stored.premises, {}).values())

    def _mute(self, premises: str, now: Micros) -> OutOfService | None:
        out_of_service = self._standing.out_of_service(premises)
        tests = tuple(
            each
            for each in self._ordered(premises, now)
            if each.kind is IncidentKind.TEST and each.begins <= now
        )
        return replace(out_of_service or OutOfService(), overrides=tests) if tests else out_of_service

    def _left_standing(self, override: Override, now: Micros) -> None:
        """A test or drill is over: what stands in fire is what it says, counted from *now* on."""
        zones = self._index.zones_of_points(override.site.id)
        for each in self._standing.in_fire(override.site.id):
            name = each.stored.signal.name
            began = each.stored.happened_at >= override.begins and override.covers(name, zones.get(name))
            if began and not self._is_in_fire(each):
                heard = replace(each.stored, received_at=now, happened_at=now)
                self._hear(replace(each, stored=heard), now)

    def _lose(self, stored: ReplayedSignal, now: Micros) -> None:
        event = GatewayLost(stored.stored.gateway, stored.stored.signal.reason)
        for course in list(self._open.get(stored.premises, {}).values()):
            self._happen(stored.premises, course, event, now)
        self._look_for_partners(stored.premises, now)

    def _look_for_partners(self, premises: str, now: Micros) -> None:
        """Something fell silent: a suspicion may wait for what cannot speak any more."""
        if (out_of_service := self._mute(premises, now)) is None:
            return
        for course in list(self._open.get(premises, {}).values()):
            if course.confirmed is None:
                event = PartnersLost(dict(self._lonely(course.incident, out_of_service)))
                self._happen(premises, course, event, now)

    def _lonely(
        self, fire: FireIncident, out_of_service: OutOfService
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for point in fire.points.values():
            if point.gateway not in out_of_service.gateways and point.detector is not None:
                names = unavailable_partners(
                    self._index,
                    fire.site.id,
                    name=point.name,
                    rule=point.rule,
                    out_of_service=out_of_service,
                )
                if names:
                    yield point.key, names

    def _happen(
        self, premises: str, course: IncidentCourse | None, event: Event, now: Micros
    ) -> str | None:
        """Let *event* happen; returns the id of the incident that it led to."""
        before = None if course is None else course.incident
        after, effects = decide_fire(before, event, now)
        if after is None:
            return None
        for each in effects:
            self._set(premises, after, each)
        course = _told(
            replace(course, incident=after) if course else IncidentCourse(after), effects, now
        )
        if after.phase is Phase.CLOSED:
            self._end(premises, course)
        else:
            self._open.setdefault(premises, {})[after.part] = course
        return after.id

    def _set(self, premises: str, incident: FireIncident, effect: Effect) -> None:
        if isinstance(effect, SetDeadline) and effect.key == WINDOW:
            self._deadlines[incident.id] = effect.due
            heappush(self._due, (effect.due, incident.id, premises, incident.part))
        elif isinstance(effect, CancelDeadline) and effect.key == WINDOW:
            self._deadlines.pop(incident.id, None)

    def _end(self, premises: str, course: IncidentCourse) -> None:
        self.seen.ended.append(course)
        self._left[premises, course.incident.part] = course.incident
        self._deadlines.pop(course.incident.id, None)
        self._open.get(premises, {}).pop(course.incident.part, None)


def _told(course: IncidentCourse, effects: Iterable[Effect], now: Micros) -> IncidentCourse:
    """*course* with what was decided for the first time."""
    for each in effects:
        if not isinstance(each, TimelineEntry):
            continue
        moment = Moment(now, each.reason)
        if each.event is TimelineEvent.CONFIRMED:
            course = replace(course, confirmed=moment)
        elif each.event is TimelineEvent.UNCONFIRMED and course.unconfirmed is None:
            course = replace(course, unconfirmed=moment)
        elif each.event is TimelineEvent.CLOSED:
            course = replace(course, ended=moment)
    return course


def _end(override: Override) -> Micros:
    return override.ends if override.closed_at is None else override.closed_at


def _mutes(heard: StoredSignal) -> bool:
    """Whether a gateway says that something cannot speak from now on."""
    signal = heard.signal
    return signal.kind in OUT_OF_SERVICE_KINDS and signal.edge is Edge.RAISED and heard.epoch != CENTER


def _loses_a_gateway(heard: StoredSignal) -> bool:
    """Whether the center says that it does not hear a gateway any more."""
    signal = heard.signal
    return heard.epoch == CENTER and signal.reason in _LOST and signal.edge is Edge.RAISED
