"""Compares what two registries would have decided on the same history, before the new one is used.

Left out are further recipients and their channels; delays of the center itself
(each deadline runs at its own moment); what people would have done otherwise: what they did in the
ledger happens at the same moment to every fire that has a point in common with theirs. Signals of tests
and drills are no fires here either. A fire that was open already as the history begins is not known:
what joins it counts as a suspicion of its own. Both sides are rehearsed, whatever was active then.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.rehearsal.history import RehearsalHistory, steps
from alerting.domain.rehearsal.replay import (
    DecisionTime,
    IncidentCourse,
    Replay,
    ReplayResult,
    ReplaySettings,
)
from alerting.domain.rehearsal.rule_changes import ZoneKey
from contract.times import SECOND, Micros
from registry.domain.index import Index


class SuspicionResult(StrEnum):
    """The last stage that a suspicion reached."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    ENDED = "ended"
    WAITING = "waiting"
    NO_FIRE = "no_fire"


class DecisionChange(StrEnum):
    """A difference between two decisions, from the gravest to the least."""

    NOT_CONFIRMED = "not_confirmed"
    NOTIFIED_AS_UNCONFIRMED = "notified_as_unconfirmed"
    CONFIRMED_LATER = "confirmed_later"
    NEWLY_CONFIRMED = "newly_confirmed"
    CONFIRMED_EARLIER = "confirmed_earlier"
    NOT_NOTIFIED = "not_notified"
    NOTIFIED_LATER = "notified_later"
    NEWLY_NOTIFIED = "newly_notified"
    NOTIFIED_EARLIER = "notified_earlier"
    SUSPICION_NOT_NOTIFIED = "suspicion_not_notified"
    SUSPICION_NOTIFIED = "suspicion_notified"


NO_LONGER = frozenset({DecisionChange.NOT_CONFIRMED, DecisionChange.NOTIFIED_AS_UNCONFIRMED})
"""Fires that would no longer be confirmed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The last stage of a suspicion by one registry; when and why, as far as it was decided."""

    verdict: SuspicionResult
    at: Micros | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RehearsalDifference:
    """A suspicion of which something else would have been decided.

    *zone* is that of the point that raised fire first, empty where nobody registered it; *part* is the
    building, *points* the names of its points in the order in which they joined. *seconds*
    are those from the decision *before* to the one *after*, where there are two of a kind.
    """

    what: DecisionChange
    premises: str
    part: str
    zone: str
    points: tuple[str, ...]
    opened_at: Micros
    before: Judgement
    after: Judgement
    seconds: float | None = None


@dataclass(slots=True)
class Rehearsal:
    """The result of a comparison: the number of *suspicions* in each zone, and the *differences*.

    The keys are premises and zone; the zone is empty for points that nobody registered.
    """

    suspicions: dict[ZoneKey, int] = field(default_factory=dict)
    differences: list[RehearsalDifference] = field(default_factory=list)

    def of(self, where: ZoneKey) -> list[RehearsalDifference]:
        """The differences in one zone."""
        return [each for each in self.differences if (each.premises, each.zone) == where]


def compare(
    history: RehearsalHistory, before: Index, after: Index, *, waits: ReplaySettings, since: Micros = 0
) -> Rehearsal:
    """Return the decisions of *after* that differ from *before*, of suspicions from *since* on."""
    replays = Replay(before, waits, history.overrides), Replay(after, waits, history.overrides)
    paired, found = _Paired(), Rehearsal()
    for replay in replays:
        replay.note_standing(history.standing)
    for now, happened in steps(history.happened):
        for replay in replays:
            replay.replay_step(happened, now)
        for one in paired.ended(*(replay.seen for replay in replays)):
            _count(found, one, since)
        for replay in replays:
            replay.seen = ReplayResult()
    for replay in replays:
        replay.run_until(history.ends)
        replay.seen.ended.extend(replay.open)
    for one in paired.ended(*(replay.seen for replay in replays)):
        _count(found, one, since)
    return found


@dataclass(slots=True)
class _Together:
    """Suspicions by the one registry and by the other that have a fire signal in common."""

    before: dict[str, IncidentCourse | None] = field(default_factory=dict)
    after: dict[str, IncidentCourse | None] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return None not in self.before.values() and None not in self.after.values()

    def of(self, side: int) -> dict[str, IncidentCourse | None]:
        return (self.before, self.after)[side]

    def courses(self, side: int) -> list[IncidentCourse]:
        return [each for each in self.of(side).values() if each is not None]


class _Paired:
    """Brings together what belongs together; what is over is handed out, and forgotten."""

    def __init__(self) -> None:
        self._of: dict[tuple[int, str], _Together] = {}

    def ended(self, *seen: ReplayResult) -> Iterator[_Together]:
        """Yield the suspicions that ended, by what the two replays have *seen*."""
        for signal in dict.fromkeys(key for each in seen for key in each.joined):
            ids = ((side, each.joined.get(signal)) for side, each in enumerate(seen))
            self._join([(side, one) for side, one in ids if one is not None])
        for side, each in enumerate(seen):
            for course in each.ended:
                one = self._join([(side, course.incident.id)])
                one.of(side)[course.incident.id] = course
                if one.is_over:
                    self._forget(one)
                    yield one

    def _join(self, keys: list[tuple[int, str]]) -> _Together:
        one = self._of.get(keys[0]) or _Together()
        for side, incident_id in keys:
            other = self._of.get((side, incident_id), one)
            other.of(side).setdefault(incident_id, None)
            one.before |= other.before
            one.after |= other.after
        for side in (0, 1):
            self._of.update({(side, each): one for each in one.of(side)})
        return one

    def _forget(self, one: _Together) -> None:
        for side in (0, 1):
            for incident_id in one.of(side):
                del self._of[side, incident_id]


def _count(found: Rehearsal, one: _Together, since: Micros) -> None:
    """Count what is over, and keep it where the two registries differ."""
    courses = one.courses(1) or one.courses(0)
    first = min((*one.courses(0), *one.courses(1)), key=lambda each: each.incident.opened_at)
    opened_at = first.incident.opened_at
    if opened_at < since:
        return
    points = _points(courses)
    where = ZoneKey(first.incident.site.id, points[0].zone or "")
    found.suspicions[where] = found.suspicions.get(where, 0) + 1
    before, after = _judgement(one.courses(0)), _judgement(one.courses(1))
    what = _what(before, after) or _suspicion_notified(one)
    if what is not None:
        names = tuple(dict.fromkeys(each.name for each in points))
        part, seconds = courses[0].incident.part, _seconds(before, after)
        found.differences.append(
            RehearsalDifference(
                what, where.premises, part, where.zone, names, opened_at, before, after, seconds
            )
        )


def _points(courses: Iterable[IncidentCourse]) -> list[PointInFire]:
    """The points of *courses* in the order in which they raised fire; what stood from before is last."""
    points = [point for course in courses for point in course.incident.points.values()]
    return sorted(points, key=lambda each: (each.carried, each.raised[0], each.key))


def _judgement(courses: list[IncidentCourse]) -> Judgement:
    if not courses:
        return Judgement(SuspicionResult.NO_FIRE)
    for verdict, told in (
        (SuspicionResult.CONFIRMED, _earliest(each.confirmed for each in courses)),
        (SuspicionResult.UNCONFIRMED, _earliest(each.unconfirmed for each in courses)),
    ):
        if told is not None:
            return Judgement(verdict, told.at, told.reason)
    ended = _earliest(each.ended for each in courses)
    return (
        Judgement(SuspicionResult.WAITING)
        if ended is None
        else Judgement(SuspicionResult.ENDED, ended.at, ended.reason)
    )


def _earliest(moments: Iterable[DecisionTime | None]) -> DecisionTime | None:
    return min((each for each in moments if each is not None), key=lambda each: each.at, default=None)


def _seconds(before: Judgement, after: Judgement) -> float | None:
    """Seconds from one decision to the other, if they are of a kind."""
    if before.at is None or after.at is None or before.verdict is not after.verdict:
        return None
    return (after.at - before.at) / SECOND


_TIMES = {
    SuspicionResult.CONFIRMED: (DecisionChange.CONFIRMED_EARLIER, DecisionChange.CONFIRMED_LATER),
    SuspicionResult.UNCONFIRMED: (DecisionChange.NOTIFIED_EARLIER, DecisionChange.NOTIFIED_LATER),
}
"""The change that an earlier or later time is, by the decision."""


def _what(before: Judgement, after: Judgement) -> DecisionChange | None:
    """Return the difference; None where both decide the same at the same moment."""
    if before.verdict is after.verdict:
        seconds = _seconds(before, after)
        differs = before.verdict in _TIMES and bool(seconds)
        return _TIMES[before.verdict][(seconds or 0) > 0] if differs else None
    if after.verdict is SuspicionResult.CONFIRMED:
        return DecisionChange.NEWLY_CONFIRMED
    if before.verdict is SuspicionResult.CONFIRMED:
        told = after.verdict is SuspicionResult.UNCONFIRMED
        return DecisionChange.NOTIFIED_AS_UNCONFIRMED if told else DecisionChange.NOT_CONFIRMED
    if after.verdict is SuspicionResult.UNCONFIRMED:
        return DecisionChange.NEWLY_NOTIFIED
    return DecisionChange.NOT_NOTIFIED if before.verdict is SuspicionResult.UNCONFIRMED else None


def _suspicion_notified(one: _Together) -> DecisionChange | None:
    """Return whether one registry alone notifies of the suspicion, as for type C or staffed zones."""
    before, after = (any(c.incident.suspicion_notified for c in one.courses(side)) for side in (0, 1))
    if before is after:
        return None
    return DecisionChange.SUSPICION_NOTIFIED if after else DecisionChange.SUSPICION_NOT_NOTIFIED
