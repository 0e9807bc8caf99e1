"""The persons whom a policy notifies if a fire were confirmed at a moment, stage by stage."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerting.domain.model.incident import PremisesSnapshot, Stage
from alerting.domain.notification.policy import stages_of
from alerting.domain.notification.recipients import Directory
from registry.model.local_time import local_day
from registry.model.policies import CIRCLES, Policy


@dataclass(frozen=True, slots=True)
class StagePerson:
    """A *contact* who is notified, on duty by *roster* if one named them; over *channels*.

    A *contact* may be the word ``premises`` or ``area``, where no premises are named.
    """

    contact: str
    roster: str | None
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimelineStage:
    """A *stage* of a policy, due *at* a moment if nobody acts, and the *people* notified then."""

    stage: Stage
    at: datetime
    people: tuple[StagePerson, ...]


@dataclass(frozen=True, slots=True)
class PolicyTimeline:
    """The *stages* of a policy in time; *then* repeats as *snapshot* says."""

    snapshot: PremisesSnapshot
    stages: tuple[TimelineStage, ...]
    repeated: tuple[StagePerson, ...]


def policy_timeline(
    directory: Directory, policy: Policy, *, premises: str | None, moment: datetime
) -> PolicyTimeline:
    """Return whom *policy* notifies of a fire at *premises* that is confirmed at *moment*.

    Each stage has those who are on duty when it is due: a change of shift may lie between two.
    """
    snapshot = stages_of(directory.index, policy, premises, day=local_day(moment))
    stages = tuple(_stage(directory, each, moment) for each in snapshot.stages)
    end = stages[-1].at + timedelta(microseconds=snapshot.repeat)
    last = snapshot.stages[-1].channels
    repeated = tuple(_people(directory, snapshot.repeat_recipients, last, end))
    return PolicyTimeline(snapshot, stages, repeated)


def _stage(directory: Directory, stage: Stage, moment: datetime) -> TimelineStage:
    at = moment + timedelta(microseconds=stage.after)
    return TimelineStage(stage, at, tuple(_people(directory, stage.notify, stage.channels, at)))


def _people(
    directory: Directory, names: tuple[str, ...], channels: tuple[str, ...], at: datetime
) -> Iterator[StagePerson]:
    for name in names:
        on_duty = directory.on_duty(name, at)
        for person in (name,) if on_duty is None else on_duty:
            roster = None if on_duty is None else name
            yield StagePerson(person, roster, _channels(directory, person, channels))


def _channels(directory: Directory, person: str, channels: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of *channels* that *person* has; all that they have if there are none of these."""
    if person in CIRCLES:
        return channels
    has = tuple(each.value for each in directory.contact(person).addresses)
    return tuple(each for each in has if each in channels) or has
