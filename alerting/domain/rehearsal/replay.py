"""Replays a history under one registry, in virtual time: the decisions, and their times.

The decisions are alerting's own. Of the deadlines only those run that can confirm, notify or clear a
suspicion; later stages of the escalation are left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from alerting.domain.decisions.escalation import WINDOW
from alerting.domain.decisions.premises_rules import RegistryRules
from alerting.domain.decisions.signal_router import SignalRouter
from alerting.domain.model.effects import (
    CancelDeadline,
    Effect,
    SetDeadline,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import DeadlineDue, FireSignalStored
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.override import OF_POINTS, Override
from alerting.domain.rehearsal.history import Happening, ReplayedAction, ReplayedSignal
from alerting.domain.rehearsal.premises_in_memory import (
    FireDecision,
    PremisesInMemory,
    end_of_override,
)
from contract.ids import SignalKey
from contract.times import SECOND, Micros
from registry.domain.index import Index


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """Times that no registry says, in microseconds; the defaults are those of alerting's settings.

    *window* is that of a point that nobody registered, *grace* what a late signal waits at least.
    """

    window: Micros = 300 * SECOND
    grace: Micros = 10 * SECOND


@dataclass(frozen=True, slots=True)
class DecisionTime:
    """The time of a decision, and its named reason."""

    at: Micros
    reason: str


@dataclass(frozen=True, slots=True)
class IncidentCourse:
    """The course of one suspicion: *incident* as it is now, and the first time of each decision."""

    incident: FireIncident
    confirmed: DecisionTime | None = None
    unconfirmed: DecisionTime | None = None
    ended: DecisionTime | None = None

    @property
    def needs_a_person(self) -> bool:
        """Whether only a person ends it: it is confirmed, was notified, or somebody has it."""
        one = self.incident
        return bool(one.confirmed_at is not None or one.unconfirmed or one.owner)


@dataclass(slots=True)
class ReplayResult:
    """The result of a step: the id of the incident that each raise *joined*, and those that *ended*."""

    joined: dict[SignalKey, str] = field(default_factory=dict)
    ended: list[IncidentCourse] = field(default_factory=list)


class Replay:
    """All premises by the registry *index*; what is called must come in the order of time."""

    def __init__(self, index: Index, waits: ReplaySettings, overrides: Iterable[Override] = ()) -> None:
        self.seen = ReplayResult()
        of_points = [each for each in overrides if each.kind in OF_POINTS]
        self._router = SignalRouter(RegistryRules(index, waits.window), waits.grace)
        self._premises = PremisesInMemory(self._follow_decision, of_points)
        tests = (each for each in of_points if each.kind is IncidentKind.TEST)
        self._to_begin = sorted(tests, key=lambda each: each.opened_at, reverse=True)
        self._to_end = sorted(of_points, key=end_of_override, reverse=True)
        self._courses: dict[str, IncidentCourse] = {}
        self._deadlines: dict[str, Micros] = {}
        self._due: list[tuple[Micros, str, str, str]] = []

    @property
    def open(self) -> list[IncidentCourse]:
        """The suspicions and fires that have not ended."""
        return [self._courses[fire.id] for fire in self._premises.all_fires()]

    def note_standing(self, standing: Iterable[ReplayedSignal]) -> None:
        """Note the conditions that stand already as the history begins."""
        for each in standing:
            self._premises.conditions.note_signal(each.premises, each.stored)

    def replay_step(self, happened: Sequence[Happening], now: Micros) -> None:
        """Replay what *happened* at *now*, after all that came due by then."""
        self.run_until(now)
        self._premises.now = now
        signals = [each for each in happened if isinstance(each, ReplayedSignal)]
        self.note_standing(signals)
        self._router.route_signals(self._premises, [(each.premises, each.stored) for each in signals])
        for each in happened:
            if isinstance(each, ReplayedAction):
                self._act(each)

    def run_until(self, now: Micros) -> None:
        """Run the deadlines, and the orders and ends of tests, by *now*: each at its own moment."""
        while (at := self._next()) is not None and at <= now:
            self._premises.now = at
            if self._to_begin and self._to_begin[-1].opened_at == at:
                self._router.follow_override_begun(self._premises, self._to_begin.pop())
            elif self._to_end and end_of_override(self._to_end[-1]) == at:
                self._router.follow_override_ended(self._premises, self._to_end.pop())
            else:
                self._run_deadline(*heappop(self._due))

    def _next(self) -> Micros | None:
        ends = [end_of_override(each) for each in self._to_end[-1:]]
        begins = [each.opened_at for each in self._to_begin[-1:]]
        return min([*ends, *begins, *(each[0] for each in self._due[:1])], default=None)

    def _run_deadline(self, at: Micros, incident_id: str, premises: str, part: str) -> None:
        fire = self._premises.open_incident(premises, IncidentKind.FIRE, part)
        if fire is not None and self._deadlines.get(incident_id) == at:
            del self._deadlines[incident_id]
            self._premises.apply_event(premises, fire, DeadlineDue(WINDOW))

    def _act(self, acted: ReplayedAction) -> None:
        """Do to each fire what was done to a fire of the ledger that has a point in common with it.

        What the ledger cleared ends here too where only a person could end it; a suspicion keeps its
        own time.
        """
        for fire in self._premises.fires(acted.premises):
            is_meant = not acted.points.isdisjoint(fire.points)
            if is_meant and (self._courses[fire.id].needs_a_person or not acted.is_clearing):
                self._premises.apply_event(acted.premises, fire, acted.act)

    def _follow_decision(self, decided: FireDecision) -> None:
        fire = decided.after
        for effect in decided.effects:
            self._follow_deadline(fire, effect)
        known = self._courses.get(fire.id)
        course = replace(known, incident=fire) if known else IncidentCourse(fire)
        course = _with_moments(course, decided.effects, self._premises.now)
        if isinstance(decided.event, FireSignalStored) and decided.event.raises_fire:
            self.seen.joined[_signal_key(fire, decided.event)] = fire.id
        if fire.is_open:
            self._courses[fire.id] = course
        else:
            self._end(course)

    def _follow_deadline(self, fire: FireIncident, effect: Effect) -> None:
        if isinstance(effect, SetDeadline) and effect.key == WINDOW:
            self._deadlines[fire.id] = effect.due
            heappush(self._due, (effect.due, fire.id, fire.site.id, fire.part))
        elif isinstance(effect, CancelDeadline) and effect.key == WINDOW:
            self._deadlines.pop(fire.id, None)

    def _end(self, course: IncidentCourse) -> None:
        self.seen.ended.append(course)
        self._deadlines.pop(course.incident.id, None)
        self._courses.pop(course.incident.id, None)


def _signal_key(fire: FireIncident, event: FireSignalStored) -> SignalKey:
    stored = event.stored
    return SignalKey(fire.site.id, stored.gateway, stored.epoch, stored.signal.seq)


def _with_moments(course: IncidentCourse, effects: Iterable[Effect], now: Micros) -> IncidentCourse:
    """*course* with what was decided for the first time."""
    for each in effects:
        if not isinstance(each, TimelineEntry):
            continue
        moment = DecisionTime(now, each.reason)
        if each.event is TimelineEvent.CONFIRMED:
            course = replace(course, confirmed=moment)
        elif each.event is TimelineEvent.UNCONFIRMED and course.unconfirmed is None:
            course = replace(course, unconfirmed=moment)
        elif each.event is TimelineEvent.CLOSED:
            course = replace(course, ended=moment)
    return course
