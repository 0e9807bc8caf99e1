"""Plays a recording through detection and confirmation, on a virtual clock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from contract.messages import Edge, Kind
from contract.recordings import RecordedReading
from contract.sentences import Status
from contract.times import SECOND, Micros
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.moment import Moment
from gateway.domain.points.site_points import SitePoints as Detectors
from registry.model.rules import RuleKind
from tocsin.evaluate.center import EvaluatedCenter
from tocsin.evaluate.levels import LevelWatch, levels_of
from tocsin.evaluate.site import HEARD_ON, Site, unnamed

IGNITION = 1_795_464_785 * SECOND
"""The moment that is called t = 0."""

TICK_S = 10.0
"""Interval of the checks that follow from time alone: a silence is found to within this."""

_MOST_POINTS = 1_000_000

_MOST_NAMED = 10
"""Points that a remark names one by one."""

_OF_NO_POINT = frozenset({Kind.SUPERVISORY})


class Contents(StrEnum):
    """The known content of a recording after its ignition."""

    FIRE = "fire"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Played:
    """The outcome of one recording. Times are in seconds from ignition.

    *unconfirmed* are the first notifications of fires that nothing had confirmed, and *notified* the
    first notifications of incidents, confirmed or not.
    """

    name: str
    fire: bool
    changes: tuple[tuple[float, ConditionChange], ...]
    confirmed: tuple[float, ...]
    point_days: float
    seconds: float
    samples: int
    points: frozenset[str]
    remarks: tuple[str, ...] = ()
    unconfirmed: tuple[float, ...] = ()
    notified: tuple[float, ...] = ()

    def raised(self, kind: Kind) -> Iterator[tuple[float, ConditionChange]]:
        """Yield the conditions of *kind* that began, with their times."""
        return ((t, each) for t, each in self.changes if each.kind is kind and each.edge is Edge.RAISED)


@dataclass(slots=True)
class _Series:
    """The rows of one point: the last time, also by quantity, and the observed seconds."""

    last: float
    observed: float = 0.0
    latest: dict[str, float] = field(default_factory=dict)


def play(
    name: str,
    readings: Iterable[RecordedReading],
    site: Site,
    *,
    rule: RuleKind | None = None,
    contents: Contents = Contents.FIRE,
) -> Played:
    """Return the outcome of *readings*; a recording that ends before ignition contains no fire."""
    run = _Run(name, site, rule, contents)
    for reading in readings:
        run.add(reading)
    return run.end()


class _Run:
    def __init__(self, name: str, site: Site, rule: RuleKind | None, contents: Contents) -> None:
        self._name = name
        self._contents = contents
        self._site = site
        self._subjects = site.subjects(rule)
        self._unnamed = unnamed(rule)
        self._center = EvaluatedCenter(lambda point: self._subjects.get(point, self._unnamed))
        self._detectors: Detectors | None = None
        self._moment = Moment(IGNITION, 0.0)
        self._first: float | None = None
        self._ticked = 0.0
        self._series: dict[str, _Series] = {}
        self._names: set[str] = set()
        self._changes: list[tuple[float, ConditionChange]] = []
        self._dismissed = 0
        self._samples = 0
        self._repeated = 0
        self._levels = LevelWatch(levels_of(site.detection))
        self._gaps = 0

    def add(self, reading: RecordedReading) -> None:
        """Process one row of the recording."""
        t, point, quantity, value = reading.t, reading.point, reading.quantity, reading.value
        detectors = self._detectors or self._begin(t)
        if t > self._moment.t:
            self._pass_time(detectors, t)
        self._observe(point, quantity, t)
        self._samples += 1
        name, changes = detectors.accept_sample(
            (HEARD_ON, point), quantity, value, Status.NORMAL, self._moment
        )
        if name is not None:
            self._names.add(name)
        self._levels.observe(name or point, quantity, t, value)
        if changes:
            self._note(changes)

    def end(self) -> Played:
        """Return the outcome."""
        last = self._moment.t
        self._center.run_until(self._moment.at)
        self._dismiss()
        fire = self._contents is Contents.FIRE and last >= 0.0
        return Played(
            self._name,
            fire,
            tuple(self._changes),
            _seconds(self._center.confirmed),
            sum(each.observed for each in self._series.values()) / 86_400.0,
            last - (self._first or 0.0) if self._first is not None else 0.0,
            self._samples,
            frozenset(self._names),
            tuple(self._remarks()),
            _seconds(self._center.unconfirmed),
            _seconds(self._center.notified),
        )

    def _begin(self, t: float) -> Detectors:
        self._first = self._ticked = t
        self._moment = _moment(t)
        self._detectors = Detectors(
            self._site.configured(),
            unknown=self._site.figures(),
            most_unknown=_MOST_POINTS,
            since=self._moment,
            neighbours=self._site.detection.neighbours.thresholds(),
        )
        return self._detectors

    def _pass_time(self, detectors: Detectors, t: float) -> None:
        while t - self._ticked >= TICK_S:
            self._ticked += TICK_S
            moment = _moment(self._ticked)
            self._note(detectors.tick(moment))
            self._center.run_until(moment.at)
            self._dismiss()
        self._moment = _moment(t)

    def _observe(self, point: str, quantity: str, t: float) -> None:
        series = self._series.get(point)
        if series is None:
            series = self._series[point] = _Series(t)
        gap = t - series.last
        if gap <= self._site.silent_after_s:
            series.observed += gap
        else:
            self._gaps += 1
        if series.latest.get(quantity) == t:
            self._repeated += 1
        series.last = series.latest[quantity] = t

    def _note(self, changes: Iterable[ConditionChange]) -> None:
        for change in changes:
            if change.kind not in _OF_NO_POINT or change.reason != "unknown_point":
                self._changes.append(((change.at - IGNITION) / SECOND, change))
        self._center.accept_changes(changes)
        self._dismiss()

    def _dismiss(self) -> None:
        """Close false incidents at once, so that the next one counts too."""
        if len(self._center.confirmed) + len(self._center.unconfirmed) == self._dismissed:
            return
        for at in sorted((*self._center.confirmed, *self._center.unconfirmed))[self._dismissed :]:
            self._dismissed += 1
            if self._contents is Contents.NOTHING or at < IGNITION:
                self._center.dismiss(self._moment.at)

    def _remarks(self) -> Iterator[str]:
        if self._samples == 0:
            yield f"{self._name}: no rows below the header; nothing was judged"
        if self._repeated:
            again = "rows repeat a time of the same point and quantity; judged in their order"
            yield f"{self._name}: {self._repeated} {again}"
        if self._gaps:
            longest = f"{self._site.silent_after_s:g} s"
            yield f"{self._name}: {self._gaps} gaps longer than {longest}; not counted in point-days"
        yield from self._without_alarm()
        yield from self._not_both()

    def _without_alarm(self) -> Iterator[str]:
        """Yield the points that reached an alarm level and never raised an alarm."""
        raised = {change.name for _, change in self._changes if change.kind is Kind.FIRE}
        faults = {change.name: change.reason for _, change in self._changes if change.kind is Kind.FAULT}
        for each in self._levels.reached():
            if each.point in raised:
                continue
            count = f"{each.samples} sample{'s' if each.samples > 1 else ''}"
            where = f"{self._name}: {each.point} reached the alarm level of {each.quantity}"
            fault = faults.get(each.point)
            why = f"in fault, {fault}" if fault else "too few or in doubt (docs/detection.md)"
            yield f"{where} at {each.t:.0f} s ({count}) without an alarm: {why}"

    def _not_both(self) -> Iterator[str]:
        """Points that only the site file or only the recording has: a name is easily mistyped."""
        named, recorded = {point.heard_as for point in self._site.points}, set(self._series)
        if not named or not recorded:
            return
        if absent := named - recorded:
            yield f"{self._name}: the recording lacks points of the site file: {_listed(absent)}"
        if more := recorded - named:
            as_they_come = "judged by whatever they measure, in no zone of the file"
            lacks = f"the site file lacks points of the recording: {_listed(more)}"
            yield f"{self._name}: {lacks}; {as_they_come}"


def _listed(points: set[str]) -> str:
    first = ", ".join(sorted(points)[:_MOST_NAMED])
    more = len(points) - _MOST_NAMED
    return f"{first} and {more} more" if more > 0 else first


def _seconds(moments: Iterable[Micros]) -> tuple[float, ...]:
    return tuple((at - IGNITION) / SECOND for at in moments)


def _moment(t: float) -> Moment:
    return Moment(IGNITION + round(t * SECOND), t)
