"""The escalation policy of a premises, from the registry, as stages in time."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from alerting.domain.model.answering import GRACE
from alerting.domain.model.incident import (
    LEVEL_EXHAUSTED,
    NOT_ACKNOWLEDGED,
    NOT_ANSWERED,
    STILL_NOT_ACKNOWLEDGED,
    ClockLimits,
    IncidentKind,
    PolicySnapshot,
    PremisesSnapshot,
    Stage,
)
from contract.times import SECOND, Micros
from registry.domain.index import Index, Unregistered
from registry.model.places import Premises
from registry.model.policies import AREA, COMMAND_CENTER, PREMISES, Policy
from registry.model.policies import PolicyStage as Planned

MINIMUM = (Stage(0, (COMMAND_CENTER,)),)
"""The policy where the registry names nobody."""

POLICY_OF = {IncidentKind.FAULT: "fault_policy", IncidentKind.SUPERVISORY: "supervisory_policy"}
"""The key of the premises' policy for each kind of trouble."""

# What nobody confirmed is told again, until somebody looks, less often than a fire.
UNCONFIRMED_AGAIN = 300 * SECOND

# A fault is told again each hour, until somebody takes it.
TROUBLE_AGAIN = 3_600 * SECOND


class _Circles(NamedTuple):
    """Those who stand for the words ``premises`` and ``area`` in the stages of a policy."""

    people: tuple[str, ...]
    team: tuple[str, ...]


def fire_policy_of(index: Index, premises: str, *, day: date) -> PremisesSnapshot:
    """Return *premises* as they are on *day*, with their policy for fires."""
    place = index.premises(premises)
    if isinstance(place, Unregistered):
        return PremisesSnapshot(premises, premises, "", MINIMUM, "unregistered_premises")
    area, circles = _area(index, premises, day), _circles(index, place, day)
    at = PremisesSnapshot(premises, place.name, place.address, MINIMUM, "no_policy", area=area)
    policy = index.policy(premises)
    if not isinstance(policy, Unregistered) and policy.stages:
        at = _by(index, at, policy, circles=circles)
    return msgspec.structs.replace(at, unconfirmed=_unconfirmed(index, at, circles))


def trouble_policy_of(index: Index, premises: str, about: str, *, day: date) -> PremisesSnapshot:
    """Return *premises* as they are on *day*, with their policy for what the key *about* is of."""
    place = index.premises(premises)
    if isinstance(place, Unregistered):
        return PremisesSnapshot(premises, premises, "", MINIMUM, "unregistered_premises", TROUBLE_AGAIN)
    area = _area(index, premises, day)
    at = PremisesSnapshot(
        premises, place.name, place.address, MINIMUM, "no_policy", TROUBLE_AGAIN, area=area
    )
    policy = index.policy(premises, about)
    if isinstance(policy, Unregistered) or not policy.stages:
        return at
    return _by(index, at, policy, circles=_circles(index, place, day))


def stages_of(index: Index, policy: Policy, premises: str | None, *, day: date) -> PremisesSnapshot:
    """Return the stages of *policy* and its higher levels as they are for *premises* on *day*.

    Where no premises are named, the words ``premises`` and ``area`` stand for whoever is meant.
    """
    place = None if premises is None else index.premises(premises)
    if isinstance(place, Premises):
        at = PremisesSnapshot(place.id, place.name, place.address, MINIMUM, "no_policy")
        circles = _circles(index, place, day)
    else:
        at, circles = PremisesSnapshot("", "", "", MINIMUM, "no_policy"), _Circles((PREMISES,), (AREA,))
    return at if not policy.stages else _by(index, at, policy, circles=circles)


def _area(index: Index, premises: str, day: date) -> str | None:
    return index.unit_of(premises, day).area


def _circles(index: Index, place: Premises, day: date) -> _Circles:
    return _Circles(place.people, index.area_team(place.id, day))


def _by(index: Index, at: PremisesSnapshot, policy: Policy, *, circles: _Circles) -> PremisesSnapshot:
    """Return the site *at* with the stages of *policy*."""
    levels = tuple(_levels(index, policy))
    stages, last = _stages(index, circles, levels), levels[-1]
    return msgspec.structs.replace(
        at,
        stages=stages,
        policy=policy.id,
        repeat_recipients=tuple(_all_of(circles, last.stages[-1])),
        repeat=_micros(last.repeat_s),
        own_for=_micros(policy.own_for_s),
        dispatched_for=_micros(policy.dispatched_for_s),
        on_scene_for=_micros(policy.news_within_s(policy.on_scene_for_s)),
        under_control_for=_micros(policy.news_within_s(policy.under_control_for_s)),
        clocks=_clocks(policy),
        unattended=_micros(policy.unattended_after_s) or None,
    )


def _clocks(policy: Policy) -> ClockLimits:
    return ClockLimits(
        confirm=_micros(policy.confirm_within_s),
        acknowledge=_micros(policy.acknowledge_within_s),
        dispatch=_micros(policy.dispatch_within_s),
        arrive=_micros(policy.arrive_within_s),
    )


def _unconfirmed(index: Index, at: PremisesSnapshot, circles: _Circles) -> PolicySnapshot:
    """Return the policy for unconfirmed fires; the first stage of *at* where none is named."""
    policy = index.policy(at.id, "unconfirmed_policy")
    if isinstance(policy, Unregistered) or not policy.stages:
        return first_stage_of(at)
    own = _by(index, at, policy, circles=circles)
    return PolicySnapshot(own.policy, own.stages, own.repeat_recipients, own.repeat)


def first_stage_of(at: PremisesSnapshot) -> PolicySnapshot:
    """Return the first stage of *at* alone."""
    first = at.stages[0]
    return PolicySnapshot(at.policy, (first,), first.notify, UNCONFIRMED_AGAIN)


def _levels(index: Index, policy: Policy) -> Iterator[Policy]:
    """Yield *policy* and the levels above it, each once."""
    seen: set[str] = set()
    level: Policy | Unregistered = policy
    while not isinstance(level, Unregistered) and level.id not in seen:
        seen.add(level.id)
        yield level
        level = index.policy_named(level.then or "")


def _stages(index: Index, circles: _Circles, levels: Sequence[Policy]) -> tuple[Stage, ...]:
    """Return the stages of all levels in time; the last of a level repeats before the next begins.

    The last level repeats for ever, which no list can show.
    """
    stages: list[Stage] = []
    begin, reason = 0, NOT_ACKNOWLEDGED
    for level in levels:
        for planned in level.stages:
            stages += _notify(index, circles, level, planned, begin=begin, reason=reason)
            reason = NOT_ACKNOWLEDGED
        if level is not levels[-1]:
            last = begin + _micros(level.stages[-1].after_s)
            again = tuple(_all_of(circles, level.stages[-1]))
            stages += _repeated(level, last, again)
            begin = last + (level.repeats + 1) * _micros(level.repeat_s)
        reason = LEVEL_EXHAUSTED
    return tuple(sorted(stages, key=lambda each: each.after))


def _notify(
    index: Index, circles: _Circles, level: Policy, planned: Planned, *, begin: Micros, reason: str
) -> Iterator[Stage]:
    """Yield the stage *planned*; where it notifies the premises, their people follow one after the
    other.
    """
    people, how = circles.people, (planned.channels, planned.when)
    after, calls = begin + _micros(planned.after_s), PREMISES in planned.notify
    direct = tuple(_direct(circles, planned))
    yield Stage(after, (*direct, *(people[:1] if calls else ())), reason, *how)
    for turn, person in enumerate(people[1:] if calls else (), start=1):
        answer, known = _micros(level.answer_s), tuple(_known_as(index, people[:turn]))
        yield Stage(
            after + turn * answer,
            (person,),
            NOT_ANSWERED,
            *how,
            unless_seen_by=known,
            follows=people[turn - 1],
            answer=answer,
            bound=turn * GRACE,
        )


def _direct(circles: _Circles, planned: Planned) -> Iterator[str]:
    for name in planned.notify:
        if name == AREA:
            yield from circles.team
        elif name != PREMISES:
            yield name


def _all_of(circles: _Circles, planned: Planned) -> Iterator[str]:
    """Yield everybody whom the stage *planned* notifies."""
    yield from _direct(circles, planned)
    if PREMISES in planned.notify:
        yield from circles.people


def _known_as(index: Index, people: Sequence[str]) -> Iterator[str]:
    """Yield the names by which *people* may mark it as seen."""
    for person in people:
        contact = index.contact(person)
        yield person
        if not isinstance(contact, Unregistered):
            yield contact.name


def _repeated(level: Policy, last: Micros, again: tuple[str, ...]) -> Iterator[Stage]:
    for turn in range(1, level.repeats + 1):
        after = last + turn * _micros(level.repeat_s)
        yield Stage(after, again, STILL_NOT_ACKNOWLEDGED, level.stages[-1].channels)


def _micros(seconds: float) -> Micros:
    return round(seconds * SECOND)
