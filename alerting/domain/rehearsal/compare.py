"""Compares what two registries would have decided on the same history, before the new one is used.

What is left out: who would have been told further, and by which channels; delays of the center itself
(each deadline runs at its own moment); what people would have done otherwise: what they did in the
ledger happens at the same moment to every fire that has a point in common with theirs. Signals of tests
and drills are no fires here either. A fire that was open already as the history begins is not known:
what joins it counts as a suspicion of its own. Both sides are rehearsed, whatever was active then.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from alerting.domain.model.fire import PointInFire
from alerting.domain.rehearsal.history import History, steps
from alerting.domain.rehearsal.replay import IncidentCourse, Moment, Replay, ReplayResult, ReplaySettings
from alerting.domain.rehearsal.rule_changes import Key
from contract.times import SECOND, Micros
from registry.domain.index import Index


class Verdict(StrEnum):
    """How far a suspicion came."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    ENDED = "ended"
    WAITING = "waiting"
    NO_FIRE = "no_fire"


class Change(StrEnum):
    """What would have been decided otherwise, from the gravest to the least."""

    NOT_CONFIRMED = "not_confirmed"
    TOLD_AS_UNCONFIRMED = "notified_as_unconfirmed"
    CONFIRMED_LATER = "confirmed_later"
    NEWLY_CONFIRMED = "newly_confirmed"
    CONFIRMED_EARLIER = "confirmed_earlier"
    NOT_TOLD = "not_told"
    TOLD_LATER = "notified_later"
    NEWLY_TOLD = "newly_told"
    TOLD_EARLIER = "notified_earlier"
    SUSPICION_NOT_TOLD = "suspicion_not_told"
    SUSPICION_TOLD = "suspicion_told"


NO_LONGER = frozenset({Change.NOT_CONFIRMED, Change.TOLD_AS_UNCONFIRMED})
"""Fires that would no longer be confirmed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far a suspicion came by one registry; when and why, as far as anything was decided."""

    verdict: Verdict
    at: Micros | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RehearsalDifference:
    """A suspicion of which something else would have been decided.

    *zone* is that of the point that raised fire first, empty where nobody registered it; *part* is the
    building, *points* the names of its points in the order in which they joined. *seconds*
    are those from the decision *before* to the one *after*, where there are two of a kind.
    """

    what: Change
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
    """What a comparison found: how many *suspicions* there were in each zone, and the *differences*.

    The keys are premises and zone; the zone is empty for points that nobody registered.
    """

    suspicions: dict[Key, int] = field(default_factory=dict)
    differences: list[RehearsalDifference] = field(default_factory=list)

    def of(self, where: Key) -> list[RehearsalDifference]:
        """The differences in one zone."""
        return [each for each in self.differences if (each.premises, each.zone) == where]


def compare(
    history: History, before: Index, after: Index, *, waits: ReplaySettings, since: Micros = 0
) -> Rehearsal:
    """What *after* would have decided otherwise than *before*, of suspicions from *since* on."""
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
        """What is over now, by what the two replays have *seen*."""
        for number in dict.fromkeys(key for each in seen for key in each.joined):
            ids = ((side, each.joined.get(number)) for side, each in enumerate(seen))
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
        for side, number in keys:
            other = self._of.get((side, number), one)
            other.of(side).setdefault(number, None)
            one.before |= other.before
            one.after |= other.after
        for side in (0, 1):
            self._of.update({(side, number): one for number in one.of(side)})
        return one

    def _forget(self, one: _Together) -> None:
        for side in (0, 1):
            for number in one.of(side):
                del self._of[side, number]


def _count(found: Rehearsal, one: _Together, since: Micros) -> None:
    """Count what is over, and keep it where the two registries differ."""
    courses = one.courses(1) or one.courses(0)
    first = min((*one.courses(0), *one.courses(1)), key=lambda each: each.incident.opened_at)
    opened_at = first.incident.opened_at
    if opened_at < since:
        return
    where, points = first.incident.site.id, _points(courses)
    zone = points[0].zone or ""
    found.suspicions[where, zone] = found.suspicions.get((where, zone), 0) + 1
    before, after = _judgement(one.courses(0)), _judgement(one.courses(1))
    what = _what(before, after) or _suspicion_told(one)
    if what is not None:
        names = tuple(dict.fromkeys(each.name for each in points))
        part, seconds = courses[0].incident.part, _seconds(before, after)
        found.differences.append(
            RehearsalDifference(what, where, part, zone, names, opened_at, before, after, seconds)
        )


def _points(courses: Iterable[IncidentCourse]) -> list[PointInFire]:
    """The points of *courses* in the order in which they raised fire; what stood from before is last."""
    points = [point for course in courses for point in course.incident.points.values()]
    return sorted(points, key=lambda each: (each.carried, each.raised[0], each.key))


def _judgement(courses: list[IncidentCourse]) -> Judgement:
    if not courses:
        return Judgement(Verdict.NO_FIRE)
    for verdict, told in (
        (Verdict.CONFIRMED, _earliest(each.confirmed for each in courses)),
        (Verdict.UNCONFIRMED, _earliest(each.unconfirmed for each in courses)),
    ):
        if told is not None:
            return Judgement(verdict, told.at, told.reason)
    ended = _earliest(each.ended for each in courses)
    return (
        Judgement(Verdict.WAITING) if ended is None else Judgement(Verdict.ENDED, ended.at, ended.reason)
    )


def _earliest(moments: Iterable[Moment | None]) -> Moment | None:
    return min((each for each in moments if each is not None), key=lambda each: each.at, default=None)


def _seconds(before: Judgement, after: Judgement) -> float | None:
    """Seconds from one decision to the other, if they are of a kind."""
    if before.at is None or after.at is None or before.verdict is not after.verdict:
        return None
    return (after.at - before.at) / SECOND


_TIMES = {
    Verdict.CONFIRMED: (Change.CONFIRMED_EARLIER, Change.CONFIRMED_LATER),
    Verdict.UNCONFIRMED: (Change.TOLD_EARLIER, Change.TOLD_LATER),
}
"""What a difference in time is, by what was decided."""


def _what(before: Judgement, after: Judgement) -> Change | None:
    """What differs; None where the same would have been decided at the same moment."""
    if before.verdict is after.verdict:
        seconds = _seconds(before, after)
        differs = before.verdict in _TIMES and bool(seconds)
        return _TIMES[before.verdict][(seconds or 0) > 0] if differs else None
    if after.verdict is Verdict.CONFIRMED:
        return Change.NEWLY_CONFIRMED
    if before.verdict is Verdict.CONFIRMED:
        told = after.verdict is Verdict.UNCONFIRMED
        return Change.TOLD_AS_UNCONFIRMED if told else Change.NOT_CONFIRMED
    if after.verdict is Verdict.UNCONFIRMED:
        return Change.NEWLY_TOLD
    return Change.NOT_TOLD if before.verdict is Verdict.UNCONFIRMED else None


def _suspicion_told(one: _Together) -> Change | None:
    """Whether the suspicion itself is told by one registry alone, as type C and staffed premises do."""
    before, after = (any(c.incident.suspicion_notified for c in one.courses(side)) for side in (0, 1))
    if before is after:
        return None
    return Change.SUSPICION_TOLD if after else Change.SUSPICION_NOT_TOLD
