"""Plays a recording through detection and confirmation, on a virtual clock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from contract.messages import Edge, Kind
from contract.recordings import Reading
from contract.sentences import Status
from contract.times import SECOND, Micros
from gateway.domain.changes import Change, Moment
from gateway.domain.site import Site as Detectors
from registry.model.rules import Rule
from tocsin.evaluate.center import Center
from tocsin.evaluate.site import HEARD_ON, Site, unnamed

IGNITION = 1_795_464_785 * SECOND
"""The moment that is called t = 0."""

TICK_S = 10.0
"""How often what follows from time alone is asked for: a silence is found to within this."""

_MOST_POINTS = 1_000_000

_MOST_NAMED = 10
"""Points that a remark names one by one."""

_OF_NO_POINT = frozenset({Kind.SUPERVISORY})


class Holds(StrEnum):
    """What a recording is known to hold beyond its ignition."""

    FIRE = "fire"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Played:
    """The outcome of one recording. Times are in seconds from ignition.

    *unconfirmed* are those at which somebody was first told of a fire that nothing had confirmed, and
    *told* those at which anybody was first told of an incident, confirmed or not.
    """

    name: str
    fire: bool
    changes: tuple[tuple[float, Change], ...]
    confirmed: tuple[float, ...]
    point_days: float
    seconds: float
    samples: int
    points: frozenset[str]
    remarks: tuple[str, ...] = ()
    unconfirmed: tuple[float, ...] = ()
    told: tuple[float, ...] = ()

    def raised(self, kind: Kind) -> Iterator[tuple[float, Change]]:
        """When a condition of *kind* began, and of what."""
        return ((t, each) for t, each in self.changes if each.kind is kind and each.edge is Edge.RAISED)


@dataclass(slots=True)
class _Series:
    """What is noted of a point's rows: when it was heard last, by quantity, and for how long."""

    last: float
    observed: float = 0.0
    latest: dict[str, float] = field(default_factory=dict)


def play(
    name: str,
    readings: Iterable[Reading],
    site: Site,
    *,
    rule: Rule | None = None,
    holds: Holds = Holds.FIRE,
) -> Played:
    """What detection and confirmation make of *readings*; what ends before ignition holds no fire."""
    run = _Run(name, site, rule, holds)
    for reading in readings:
        run.take(reading)
    return run.end()


class _Run:
    def __init__(self, name: str, site: Site, rule: Rule | None, holds: Holds) -> None:
        self._name = name
        self._holds = holds
        self._site = site
        self._subjects = site.subjects(rule)
        self._unnamed = unnamed(rule)
        self._center = Center(lambda point: self._subjects.get(point, self._unnamed))
        self._detectors: Detectors | None = None
        self._moment = Moment(IGNITION, 0.0)
        self._first: float | None = None
        self._ticked = 0.0
        self._series: dict[str, _Series] = {}
        self._names: set[str] = set()
        self._changes: list[tuple[float, Change]] = []
        self._dismissed = 0
        self._samples = 0
        self._repeated = 0
        self._gaps = 0

    def take(self, reading: Reading) -> None:
        """One row of the recording."""
        t, point, quantity, value = reading.t, reading.point, reading.quantity, reading.value
        detectors = self._detectors or self._begin(t)
        if t > self._moment.t:
            self._pass_time(detectors, t)
        self._observe(point, quantity, t)
        self._samples += 1
        name, changes = detectors.take((HEARD_ON, point), quantity, value, Status.NORMAL, self._moment)
        if name is not None:
            self._names.add(name)
        if changes:
            self._note(changes)

    def end(self) -> Played:
        """All that came of it."""
        last = self._moment.t
        self._center.until(self._moment.at)
        self._dismiss()
        fire = self._holds is Holds.FIRE and last >= 0.0
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
            _seconds(self._center.told),
        )

    def _begin(self, t: float) -> Detectors:
        self._first = self._ticked = t
        self._moment = _moment(t)
        self._detectors = Detectors(
            self._site.configured(),
            unknown=self._site.figures(),
            most_unknown=_MOST_POINTS,
            since=self._moment,
            neighbours=self._site.detection.neighbours.figures(),
        )
        return self._detectors

    def _pass_time(self, detectors: Detectors, t: float) -> None:
        while t - self._ticked >= TICK_S:
            self._ticked += TICK_S
            moment = _moment(self._ticked)
            self._note(detectors.tick(moment))
            self._center.until(moment.at)
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

    def _note(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change.kind not in _OF_NO_POINT or change.reason != "unknown_point":
                self._changes.append(((change.at - IGNITION) / SECOND, change))
        self._center.hear(changes)
        self._dismiss()

    def _dismiss(self) -> None:
        """Close at once what is told falsely, confirmed or not, so that the next one counts too."""
        if len(self._center.confirmed) + len(self._center.unconfirmed) == self._dismissed:
            return
        for at in sorted((*self._center.confirmed, *self._center.unconfirmed))[self._dismissed :]:
            self._dismissed += 1
            if self._holds is Holds.NOTHING or at < IGNITION:
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
        yield from self._not_both()

    def _not_both(self) -> Iterator[str]:
        """Points that only the site file or only the recording has: a name is easily mistyped."""
        named, heard = {point.heard_as for point in self._site.points}, set(self._series)
        if not named or not heard:
            return
        if absent := named - heard:
            yield f"{self._name}: the recording lacks points of the site file: {_listed(absent)}"
        if more := heard - named:
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
