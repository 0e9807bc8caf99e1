"""Proves that each policy reaches somebody at every minute, by two different channels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from registry.domain.index import Index, Unregistered
from registry.domain.rosters import duty_changes, uncovered_times
from registry.model.contacts import ChannelKind
from registry.model.local_time import LOCAL_TIME, local_day
from registry.model.policies import AREA, COMMAND_CENTER, PREMISES, Policy, PolicyStage
from registry.model.registry import Registry
from registry.model.rosters import Roster

HORIZON = timedelta(days=30)
"""The time ahead that the proof covers."""

CHANNELS_NEEDED = 2
"""Different channels by which one person must be reachable: one channel fails as a whole."""

ALL = frozenset(ChannelKind)
"""All channels."""

MOST_NAMED = 5
"""Gaps of one policy that are written out; the rest is counted."""

LOCAL = ZoneInfo(LOCAL_TIME)
"""The time zone of gaps where no roster has another one."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which *policy* reaches nobody at *premises* by two channels."""

    policy: str
    premises: str | None
    begin: datetime
    end: datetime


def unreachable(
    registry: Registry,
    now: datetime,
    *,
    center: frozenset[ChannelKind],
    usable: frozenset[ChannelKind] = ALL,
    horizon: timedelta = HORIZON,
) -> list[str]:
    """Return the uncovered times of rosters and the gaps of policies within *horizon*, a sentence each.

    *center* are the channels to the command center itself, *usable* those that are set up: an address
    of any other channel reaches nobody.
    """
    proof = _Proof(registry, now, horizon, center & usable, usable)
    return [*proof.uncovered_times()] + [
        sentence
        for policy in registry.policies
        for sentence in _sentences(list(proof.gaps(policy)), proof.zone(policy))
    ]


class _Span(NamedTuple):
    """A time in which no area begins or ends, so that premises have one team."""

    begin: datetime
    end: datetime


def _spans(begin: datetime, end: datetime, days: Iterable[date]) -> Iterator[_Span]:
    """Yield the spans from *begin* to *end* between the *days* on which areas begin or end."""
    midnights = (datetime.combine(each, time(), LOCAL) for each in days)
    cuts = [begin, *(each for each in midnights if begin < each < end), end]
    yield from (_Span(*each) for each in pairwise(cuts))


class _Proof:
    def __init__(
        self,
        registry: Registry,
        now: datetime,
        horizon: timedelta,
        center: frozenset[ChannelKind],
        usable: frozenset[ChannelKind],
    ) -> None:
        self._usable = usable
        self._registry = registry
        self._index = Index(registry)
        self._begin = now.replace(second=0, microsecond=0)
        self._end = self._begin + horizon
        self._spans = list(_spans(self._begin, self._end, self._index.area_history.changes))
        self._center = center

    def uncovered_times(self) -> Iterator[str]:
        """Yield the times in which nobody is on duty by a roster."""
        for roster in self._registry.rosters:
            zone = ZoneInfo(roster.timezone)
            for begin, end in islice(uncovered_times(roster, self._begin, self._end), MOST_NAMED):
                when = f"from {_shown(begin, zone)} to {_shown(end, zone)} ({zone.key})"
                yield f"roster {roster.id!r}: nobody is on duty {when}; add a shift"

    def gaps(self, policy: Policy) -> Iterator[Gap]:
        """Yield the gaps of *policy*, at each of the premises where that makes a difference."""
        for premises in self._differing(policy):
            for span in self._spans if premises else (_Span(self._begin, self._end),):
                yield from self._gaps_in(span, policy, premises)

    def _gaps_in(self, span: "_Span", policy: Policy, premises: str | None) -> Iterator[Gap]:
        day = local_day(span.begin)
        names = [(stage, name) for stage in policy.stages for name in self._names(stage, premises, day)]
        if not any(self._steadily(stage, name) for stage, name in names):
            for begin, end in self._unreached(names, span):
                yield Gap(policy.id, premises, begin, end)

    def zone(self, policy: Policy) -> ZoneInfo:
        """Return the time zone of the first roster of *policy*."""
        named = (self._index.roster(name) for stage in policy.stages for name in stage.notify)
        return next((ZoneInfo(each.timezone) for each in named if isinstance(each, Roster)), LOCAL)

    def _differing(self, policy: Policy) -> list[str | None]:
        """Return the premises whose own people *policy* notifies; None for all if it notifies none."""
        if not any(name in {AREA, PREMISES} for stage in policy.stages for name in stage.notify):
            return [None]
        return [
            each.id for each in self._registry.premises if policy.id in set(self._index.followed(each))
        ]

    def _names(self, stage: PolicyStage, premises: str | None, day: date) -> Iterator[str]:
        for name in stage.notify:
            if name == AREA and premises is not None:
                yield from self._index.area_team(premises, day)
            elif name == PREMISES and premises is not None:
                place = self._index.premises(premises)
                yield from () if isinstance(place, Unregistered) else place.people
            else:
                yield name

    def _steadily(self, stage: PolicyStage, name: str) -> bool:
        return self._index.on_duty(name, self._begin) is None and self._reaches(stage, name)

    def _reaches(self, stage: PolicyStage, name: str) -> bool:
        """Whether the person *name* has enough channels that *stage* uses."""
        if name == COMMAND_CENTER:
            has = set(self._center)
        else:
            contact = self._index.contact(name)
            has = set() if isinstance(contact, Unregistered) else set(contact.addresses)
        return len(has & self._usable & set(stage.channels or ChannelKind)) >= CHANNELS_NEEDED

    def _unreached(
        self, names: list[tuple[PolicyStage, str]], span: "_Span"
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield the times within *span* at which none of *names* can be reached."""
        rosters = {name: self._index.roster(name) for _, name in names}
        moments = {span.begin, span.end}
        for roster in rosters.values():
            if isinstance(roster, Roster):
                moments |= set(duty_changes(roster, span.begin, span.end))
        since: datetime | None = None
        for moment in sorted(moments):
            reached = moment == span.end or self._reached_at(names, moment)
            if reached and since is not None:
                yield since, moment
            since = None if reached else since or moment

    def _reached_at(self, names: list[tuple[PolicyStage, str]], moment: datetime) -> bool:
        return any(
            self._reaches(stage, person)
            for stage, name in names
            for person in self._index.on_duty(name, moment) or ()
        )


def _sentences(gaps: list[Gap], zone: ZoneInfo) -> Iterator[str]:
    for gap in gaps[:MOST_NAMED]:
        where = f" at premises {gap.premises!r}" if gap.premises else ""
        begin, end = _shown(gap.begin, zone), _shown(gap.end, zone)
        yield (
            f"policy {gap.policy!r}{where}: none of its contacts can be reached by two channels from "
            f"{begin} to {end} ({zone.key}); give a contact another channel, or a roster a shift"
        )
    if more := gaps[MOST_NAMED:]:
        minutes = sum(_minutes(more))
        yield f"policy {gaps[0].policy!r}: and {len(more)} more times, {minutes} minutes in all"


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _minutes(gaps: Iterable[Gap]) -> Iterator[int]:
    return (round((gap.end - gap.begin).total_seconds() / 60) for gap in gaps)
