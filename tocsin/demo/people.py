"""Who must be told what, and by what, as the registry has it: worked out without asking the center."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract.times import SECOND, Micros
from registry.domain.index import Index, Unregistered
from registry.model.policies import AREA, COMMAND_CENTER, PREMISES, Policy
from registry.model.registry import Registry

CENTER_CHANNELS = frozenset({"webhook", "mqtt"})
"""By what the command center is told; that stands in alerting's settings."""

UNDER_WAY = 2 * SECOND
"""How long a message may be under way at the end of the demonstration."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A relay as a person received it by *channel*, *at* microseconds since 1970."""

    at: Micros
    relay: Mapping[str, Any]
    channel: str = "webhook"
    person: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """*person* must be told by all of *channels* *after* microseconds, *unless* one of those answers."""

    person: str
    channels: frozenset[str]
    after: Micros
    stage: int
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Who should have been told and was not, and what somebody should not have been told.

    *stages* counts the stages of the policy of which somebody was told.
    """

    untold: list[str]
    unexpected: list[str]
    stages: int


def calls(registry: Registry, premises: str) -> list[Call]:
    """Everybody who is told of a confirmed fire at *premises*, in the order in which they are."""
    index = Index(registry)
    policy = index.policy(premises)
    if isinstance(policy, Unregistered):
        return []
    return sorted(_calls(index, premises, policy), key=lambda call: call.after)


def of_faults(registry: Registry, premises: str) -> frozenset[str]:
    """Whom a fault at *premises* is told."""
    policy = Index(registry).policy(premises, "fault_policy")
    if isinstance(policy, Unregistered):
        return frozenset({COMMAND_CENTER})
    return frozenset(name for stage in policy.stages for name in stage.notify)


def told(
    registry: Registry,
    burned: Collection[str],
    arrivals: Sequence[Arrival],
    *,
    answers: Mapping[str, Micros],
    end: Micros,
) -> Told:
    """Whether all were told what they should be, and nothing else, up to *end*.

    *burned* are the premises with a fire, *answers* when each person said that they have seen it.
    """
    untold: list[str] = []
    rightly, stages = set[int](), set[int]()
    for premises in burned:
        fire = _Fire.of(premises, arrivals, answers=answers, end=end)
        for call in calls(registry, premises):
            heard = [each for each in arrivals if fire.is_answered_by(call, each)]
            rightly |= {id(each) for each in heard}
            stages |= {call.stage} if heard else set()
            missing = call.channels - {each.channel for each in heard}
            if fire.needs(call):
                untold += [f"{call.person} by {channel}" for channel in sorted(missing)]
    rightly |= {id(each) for each in arrivals if _is_of_a_fault(registry, each)}
    unexpected = [_named(each) for each in arrivals if id(each) not in rightly]
    return Told(untold, unexpected, len(stages))


@dataclass(frozen=True, slots=True)
class _Fire:
    premises: str
    confirmed_at: Micros | None
    until: Micros
    answers: Mapping[str, Micros]

    @classmethod
    def of(
        cls,
        premises: str,
        arrivals: Iterable[Arrival],
        *,
        answers: Mapping[str, Micros],
        end: Micros,
    ) -> "_Fire":
        """The fire at *premises*, which escalates until it is taken, or the *end*."""
        since: dict[str, Micros] = {}
        for each in arrivals:
            if each.relay["premises"]["id"] == premises and each.relay.get("kind") == "fire":
                since.setdefault(each.relay["event"], each.relay["at"])
        until = since.get("acknowledged", end - UNDER_WAY)
        return cls(premises, since.get("confirmed"), until, answers)

    def needs(self, call: Call) -> bool:
        """Whether *call* came due."""
        if self.confirmed_at is None:
            return call.after == 0
        due = self.confirmed_at + call.after
        return due < self.until and not self._is_spared(call, due)

    def is_answered_by(self, call: Call, arrival: Arrival) -> bool:
        """Whether *arrival* is what *call* asks for, and not before its time."""
        if self.confirmed_at is None:
            return False
        due = self.confirmed_at + call.after
        return (
            arrival.person == call.person == _meant(arrival.relay)
            and arrival.channel in call.channels
            and arrival.relay["premises"]["id"] == self.premises
            and arrival.relay.get("kind") == "fire"
            and arrival.relay["at"] >= due
            and not self._is_spared(call, due)
        )

    def _is_spared(self, call: Call, due: Micros) -> bool:
        return any(self.answers.get(person, due) < due for person in call.unless)


def _calls(index: Index, premises: str, policy: Policy) -> Iterator[Call]:
    for stage, planned in enumerate(policy.stages):
        after = round(planned.after_s * SECOND)
        for name in planned.notify:
            if name == PREMISES:
                yield from _one_by_one(index, premises, stage=stage, policy=policy)
                continue
            for person in index.area_team(premises) if name == AREA else (name,):
                yield Call(person, _channels(index, person), after, stage)


def _one_by_one(index: Index, premises: str, *, stage: int, policy: Policy) -> Iterator[Call]:
    place = index.premises(premises)
    people = () if isinstance(place, Unregistered) else place.people
    for turn, person in enumerate(people):
        seconds = policy.stages[stage].after_s + turn * policy.answer_s
        yield Call(
            person, _channels(index, person), round(seconds * SECOND), stage, unless=people[:turn]
        )


def _channels(index: Index, person: str) -> frozenset[str]:
    if person == COMMAND_CENTER:
        return CENTER_CHANNELS
    contact = index.contact(person)
    if isinstance(contact, Unregistered):
        return frozenset()
    return frozenset(channel.value for channel in contact.addresses)


def _is_of_a_fault(registry: Registry, arrival: Arrival) -> bool:
    """Whether *arrival* tells a fault to somebody who is told of faults."""
    people = of_faults(registry, arrival.relay["premises"]["id"])
    is_fault = arrival.relay.get("kind") == "fault"
    return is_fault and arrival.person in people and _meant(arrival.relay) == arrival.person


def _meant(relay: Mapping[str, Any]) -> str:
    """For whom *relay* was written, as its delivery says (docs/protocol.md, 7)."""
    return str(relay["delivery"]).split(".")[3]


def _named(arrival: Arrival) -> str:
    return f"{arrival.relay['delivery']} to {arrival.person} by {arrival.channel}"
