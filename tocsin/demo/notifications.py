"""Compares the notifications that arrived with those that are due by the registry alone."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contract.incidents import IncidentKind
from contract.times import SECOND, Micros
from contract.webhook import Body
from registry.domain.index import Index, Unregistered
from registry.model.policies import AREA, COMMAND_CENTER, PREMISES, Policy
from registry.model.registry import Registry

CENTER_CHANNELS = frozenset({"webhook", "mqtt"})
"""Channels of the demonstration; of the command center they stand in alerting's settings alone."""

UNDER_WAY = 2 * SECOND
"""Time that a notification may be under way when the demonstration ends, or an answer when it is due."""

GRACE = 15 * SECOND
"""Time for a delivery under way before the next person is due all the same (docs/escalation.md)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A relay as a person received it by *channel*, *at* microseconds since 1970."""

    at: Micros
    relay: Body
    channel: str = "webhook"
    person: str = ""


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """A person's answer: sent to the center at *sent_at*, and taken by it no later than *known_at*."""

    sent_at: Micros
    known_at: Micros


ANY_DAY = date.min
"""The areas of the demonstration have no days: each is in force on all of them."""


@dataclass(frozen=True, slots=True)
class Due:
    """A notification that *person* is due by all of *channels*, *after* microseconds of a fire.

    With *follows*, it is due only while nobody of *unless* has answered, and not before *answer*
    microseconds after the delivery to the person whom it follows.
    """

    person: str
    channels: frozenset[str]
    after: Micros
    stage: int
    unless: tuple[str, ...] = ()
    answer: Micros = 0

    @property
    def follows(self) -> str | None:
        """The person who was due before, or None for the first."""
        return self.unless[-1] if self.unless else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Notifications that did not arrive, those that should not have, and a count of *stages*."""

    not_notified: list[str]
    unexpected: list[str]
    stages: int


def due_notifications(registry: Registry, premises: str) -> list[Due]:
    """Return the notifications of a confirmed fire at *premises*, in the order in which they are due."""
    index = Index(registry)
    policy = index.policy(premises)
    if isinstance(policy, Unregistered):
        return []
    return sorted(_due(index, premises, policy), key=lambda each: each.after)


def fault_recipients(registry: Registry, premises: str) -> frozenset[str]:
    """Return the people who are notified of a fault at *premises*."""
    policy = Index(registry).policy(premises, "fault_policy")
    if isinstance(policy, Unregistered):
        return frozenset({COMMAND_CENTER})
    return frozenset(name for stage in policy.stages for name in stage.notify)


def check_notifications(
    registry: Registry,
    burned: Collection[str],
    arrivals: Sequence[Arrival],
    *,
    answers: Mapping[str, PersonAnswer],
    end: Micros,
) -> Verdict:
    """Compare *arrivals* up to *end* with what is due for fires at the premises *burned*."""
    not_notified: list[str] = []
    rightly, stages = set[int](), set[int]()
    for premises in burned:
        fire = _Fire.of(premises, arrivals, answers=answers, end=end)
        for due in due_notifications(registry, premises):
            matching = [each for each in arrivals if fire.is_matched_by(due, each)]
            rightly |= {id(each) for each in matching}
            stages |= {due.stage} if matching else set()
            missing = due.channels - {each.channel for each in matching}
            if fire.requires(due):
                not_notified += [f"{due.person} by {channel}" for channel in sorted(missing)]
    rightly |= {id(each) for each in arrivals if is_fault_notification(registry, each)}
    unexpected = [_description(each) for each in arrivals if id(each) not in rightly]
    return Verdict(not_notified, unexpected, len(stages))


@dataclass(frozen=True, slots=True)
class _Fire:
    """The fire at *premises*, escalated *until* somebody acknowledged it; *first* arrivals by person."""

    premises: str
    confirmed_at: Micros | None
    until: Micros
    first: Mapping[str, Micros]
    answers: Mapping[str, PersonAnswer]

    @classmethod
    def of(
        cls,
        premises: str,
        arrivals: Iterable[Arrival],
        *,
        answers: Mapping[str, PersonAnswer],
        end: Micros,
    ) -> "_Fire":
        """Return the fire at *premises* as *arrivals* show it."""
        since: dict[str, Micros] = {}
        first: dict[str, Micros] = {}
        for each in arrivals:
            if each.relay.premises.id == premises and each.relay.kind is IncidentKind.FIRE:
                since.setdefault(each.relay.event, each.relay.at)
                first.setdefault(each.person, each.at)
        until = since.get("acknowledged", end - UNDER_WAY)
        return cls(premises, since.get("confirmed"), until, first, answers)

    def requires(self, due: Due) -> bool:
        """Whether *due* came due, for certain."""
        if self.confirmed_at is None:
            return due.after == 0
        if due.follows is None:
            return self.confirmed_at + due.after < self.until
        latest = self._latest(self.confirmed_at, due) + UNDER_WAY
        spared = any(self.answers[each].sent_at < latest for each in due.unless if each in self.answers)
        return latest < self.until and not spared

    def _latest(self, confirmed_at: Micros, due: Due) -> Micros:
        """The latest moment at which the center notifies, whenever the person before was reached."""
        planned = confirmed_at + due.after
        reached = self.first.get(due.follows or "")
        bound = planned + GRACE * len(due.unless)
        return bound if reached is None else min(bound, max(planned, reached + due.answer))

    def is_matched_by(self, due: Due, arrival: Arrival) -> bool:
        """Whether *arrival* is what *due* asks for, neither early nor after an answer."""
        if self.confirmed_at is None:
            return False
        at = arrival.relay.at
        return (
            arrival.person == due.person == _recipient(arrival.relay)
            and arrival.channel in due.channels
            and arrival.relay.premises.id == self.premises
            and arrival.relay.kind is IncidentKind.FIRE
            and at >= self.confirmed_at + due.after
            and not any(self.answers[each].known_at < at for each in due.unless if each in self.answers)
        )


def _due(index: Index, premises: str, policy: Policy) -> Iterator[Due]:
    for stage, planned in enumerate(policy.stages):
        after = round(planned.after_s * SECOND)
        for name in planned.notify:
            if name == PREMISES:
                yield from _one_by_one(index, premises, stage=stage, policy=policy)
                continue
            for person in index.area_team(premises, ANY_DAY) if name == AREA else (name,):
                yield Due(person, _channels(index, person), after, stage)


def _one_by_one(index: Index, premises: str, *, stage: int, policy: Policy) -> Iterator[Due]:
    place = index.premises(premises)
    people = () if isinstance(place, Unregistered) else place.people
    after, answer = round(policy.stages[stage].after_s * SECOND), round(policy.answer_s * SECOND)
    for turn, person in enumerate(people):
        channels = _channels(index, person)
        yield Due(person, channels, after + turn * answer, stage, unless=people[:turn], answer=answer)


def _channels(index: Index, person: str) -> frozenset[str]:
    if person == COMMAND_CENTER:
        return CENTER_CHANNELS
    contact = index.contact(person)
    if isinstance(contact, Unregistered):
        return frozenset()
    # No channel of the demonstration calls a telephone: numbers are there for people to read.
    return frozenset(channel.value for channel in contact.addresses) & CENTER_CHANNELS


def is_fault_notification(registry: Registry, arrival: Arrival) -> bool:
    """Whether *arrival* notifies a recipient of faults of one."""
    people = fault_recipients(registry, arrival.relay.premises.id)
    is_fault = arrival.relay.kind is IncidentKind.FAULT
    return is_fault and arrival.person in people and _recipient(arrival.relay) == arrival.person


def _recipient(relay: Body) -> str:
    """The person for whom *relay* was written, as its delivery says (docs/protocol.md, 7)."""
    return relay.delivery.split("/")[3]


def _description(arrival: Arrival) -> str:
    return f"{arrival.relay.delivery} to {arrival.person} by {arrival.channel}"
