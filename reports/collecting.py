"""Collects the figures of a period from the database, in one transaction that only reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from contract.times import Micros
from reports.domain.availability import PremisesAvailability, availability
from reports.domain.exposure import Exposure, exposure
from reports.domain.figures import IncidentFigures, IncidentTally
from reports.domain.incident_fact import ReportedOutcome
from reports.domain.period import ReportPeriod
from reports.domain.registered import RegisteredPremises
from reports.domain.response import ResponseTally
from reports.store.conditions import conditions_of
from reports.store.incidents import ROWS_AT_ONCE, Within, incidents_of, steps_of
from reports.store.registry import registered_premises


@dataclass(frozen=True, slots=True)
class ReportScope:
    """The scope of a report: *period*, as far as it is over *as_of*, and premises *within*."""

    period: ReportPeriod
    as_of: Micros
    within: Within = None

    @property
    def until(self) -> Micros:
        """The end of the time that is over."""
        return max(self.period.since, min(self.period.until, self.as_of))


def registered(connection: Connection, scope: ReportScope) -> RegisteredPremises:
    """Return what was registered in *scope*."""
    period = scope.period
    return registered_premises(connection, period.since, period.until, within=scope.within)


def incident_figures(
    connection: Connection, scope: ReportScope, known: RegisteredPremises
) -> IncidentFigures:
    """Return the figures of the incidents in *scope*."""
    tally = IncidentTally(scope.period, known)
    period = scope.period
    for fact in incidents_of(connection, period.since, period.until, within=scope.within):
        tally.add(fact)
    return tally.figures


def exposed(scope: ReportScope, known: RegisteredPremises) -> Exposure:
    """Return the exposure of all points that are *known*, as far as the period is over."""
    return exposure(known.clipped(scope.until))


def response_times(connection: Connection, scope: ReportScope) -> ResponseTally:
    """Return the response times of the real fires in *scope* that did not end by themselves."""
    tally, period = ResponseTally(), scope.period
    facts = incidents_of(connection, period.since, period.until, within=scope.within)
    fires = (
        each
        for each in facts
        if each.is_real_fire
        and period.has(each.opened_at)
        and each.outcome is not ReportedOutcome.CLEARED
    )
    while some := list(islice(fires, ROWS_AT_ONCE)):
        steps = steps_of(connection, [each.id for each in some])
        for each in some:
            tally.add(each.id, each.premises, steps[each.id])
    return tally


def availabilities(
    connection: Connection, scope: ReportScope, known: RegisteredPremises
) -> Iterator[PremisesAvailability]:
    """Yield the availability of all premises that are *known*, in the order of names."""
    until, edges = scope.until, dict[str, PremisesAvailability]()
    known = known.clipped(until)
    found = conditions_of(connection, scope.period.since, until, within=scope.within)
    for premises, each in found:
        if spans := known.of(premises):
            edges[premises] = availability(spans, each, until=until)
    for premises in sorted(known.names()):
        if premises in edges:
            yield edges.pop(premises)
        else:
            yield availability(known.of(premises), (), until=until)
