"""Counts incidents of a period: by outcome, place, hour, weekday and cause; tests and drills apart."""

from collections import Counter
from dataclasses import dataclass, field

from contract.incidents import IncidentKind
from reports.domain.incident_fact import TROUBLES, IncidentFact, ReportedOutcome
from reports.domain.period import ReportPeriod
from reports.domain.registered import PointModel, RegisteredPremises

Outcomes = Counter[ReportedOutcome]


@dataclass(frozen=True, slots=True)
class IncidentFigures:
    """The figures of a period. All but the last five count real fires that were opened in it.

    The values of *by_area*, *by_premises* and *by_cause* are counts by outcome.
    """

    by_outcome: Outcomes = field(default_factory=Counter)
    by_area: dict[str, Outcomes] = field(default_factory=dict)
    by_premises: dict[str, Outcomes] = field(default_factory=dict)
    by_cause: dict[str, Outcomes] = field(default_factory=dict)
    by_model: dict[PointModel, Outcomes] = field(default_factory=dict)
    by_hour: Counter[int] = field(default_factory=Counter)
    by_weekday: Counter[int] = field(default_factory=Counter)
    """From 0, a Monday, to 6."""
    troubles: Counter[IncidentKind] = field(default_factory=Counter)
    """Faults and supervisory incidents that were opened in the period."""
    exercises: Counter[str] = field(default_factory=Counter)
    """Tests and drills that were ordered, and fires in drills or closed as a test or a drill."""
    open_at: Counter[str] = field(default_factory=Counter)
    """Real fires that were open at its ``begin``, and at its ``end``."""
    closed: Counter[str] = field(default_factory=Counter)
    """Real fires that were ``closed`` in the period, whenever they were opened."""

    @property
    def total(self) -> int:
        """The number of real fires that were opened in the period."""
        return self.by_outcome.total()


class IncidentTally:
    """Adds incidents up, one after the other, to the figures of *period*."""

    def __init__(self, period: ReportPeriod, registered: RegisteredPremises) -> None:
        self._period = period
        self._registered = registered
        self.figures = IncidentFigures()

    def add(self, fact: IncidentFact) -> None:
        """Count *fact*, which may lie outside of the period."""
        if fact.is_real_fire:
            self._add_ends(fact)
        if not self._period.has(fact.opened_at):
            return
        if fact.is_real_fire:
            self._add_fire(fact)
        elif fact.kind in TROUBLES:
            self.figures.troubles[fact.kind] += 1
        else:
            self._add_exercise(fact)

    def _add_ends(self, fact: IncidentFact) -> None:
        """Count what reaches over the ends of the period."""
        self.figures.open_at["begin"] += fact.is_open_at(self._period.since)
        self.figures.open_at["end"] += fact.is_open_at(self._period.until)
        if fact.closed_at is not None and self._period.has(fact.closed_at):
            self.figures.closed["closed"] += 1

    def _add_fire(self, fact: IncidentFact) -> None:
        figures, local = self.figures, self._period.local(fact.opened_at)
        figures.by_outcome[fact.outcome] += 1
        figures.by_hour[local.hour] += 1
        figures.by_weekday[local.weekday()] += 1
        area = self._registered.area_of(fact.premises, fact.opened_at, day=local.date())
        figures.by_area.setdefault(area, Counter())[fact.outcome] += 1
        figures.by_premises.setdefault(fact.premises, Counter())[fact.outcome] += 1
        figures.by_cause.setdefault(fact.cause, Counter())[fact.outcome] += 1
        model = self._registered.model_of(fact.premises, fact.point, fact.opened_at)
        figures.by_model.setdefault(model, Counter())[fact.outcome] += 1

    def _add_exercise(self, fact: IncidentFact) -> None:
        if fact.kind is not IncidentKind.FIRE:
            self.figures.exercises[f"ordered_{fact.kind}"] += 1
        elif fact.is_exercise:
            self.figures.exercises["fire_in_drill"] += 1
        else:
            self.figures.exercises[f"fire_closed_as_{fact.outcome}"] += 1
