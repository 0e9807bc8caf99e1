"""Makes the report that is ordered: reads the database, and writes it in its form."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from sqlalchemy import Connection

from duties.domain.fulfilment import FulfilmentTally
from reports.collecting import (
    ReportScope,
    availabilities,
    exposed,
    incident_figures,
    registered,
    response_times,
)
from reports.domain.daily_sheet import WHOLE_CENTER, AreaForest, daily_values
from reports.domain.document import ReportDocument
from reports.domain.incident_fact import IncidentFact
from reports.domain.keys import ReportName
from reports.domain.period import FIRST_DAY, BadPeriod, ReportPeriod
from reports.domain.response import ResponseStep
from reports.domain.sheet_wording import (
    BrokenMeans,
    ReportedFire,
    SheetParts,
    daily_document,
    fires_table,
)
from reports.domain.shift_wording import shifts_document
from reports.domain.wording import (
    ReportHead,
    availability_document,
    duties_document,
    figures_document,
    response_document,
)
from reports.order import ReportForm, ReportOrder
from reports.store.daily import entries_of
from reports.store.duties import duties_fulfilled, duty_counts
from reports.store.incidents import ROWS_AT_ONCE, incidents_of, steps_of
from reports.store.registry import area_history, areas_below, premises_below, shared_rows
from reports.store.shifts import hand_overs_of
from words.catalogue import Words

OUT_OF_ORDER = frozenset({"broken", "in-repair"})
"""The states of means that cannot be used."""

Progress = Callable[[str], None]
"""Told what is read now."""


@dataclass(frozen=True, slots=True)
class _Making:
    connection: Connection
    scope: ReportScope
    head: ReportHead
    areas: frozenset[str] | None
    progress: Progress


def make_report(
    connection: Connection, order: ReportOrder, words: Words, progress: Progress = lambda _: None
) -> bytes:
    """Return the report of *order*; raises BadPeriod or ValueError where it cannot be made."""
    document = report_of(connection, order, words, progress)
    progress("writing")
    return written(document, order.form, words)


def report_of(
    connection: Connection, order: ReportOrder, words: Words, progress: Progress = lambda _: None
) -> ReportDocument:
    """Return the report of *order* as tables."""
    period = period_of(order)
    within = None if order.within is None else frozenset(order.within)
    areas = None if order.areas is None else frozenset(order.areas)
    place = ""
    if order.area is not None:
        today = period.day_of(order.as_of)
        history = area_history(shared_rows(connection))
        if order.area not in history.areas:
            raise ValueError(f"there is no area {order.area}; correct its id")
        below = premises_below(connection, order.area, today)
        within = below if within is None else within & below
        chosen = areas_below(history, order.area, today)
        areas = chosen if areas is None else areas & chosen
        place = history.areas[order.area].name
    name = ReportName(order.name)
    scope = ReportScope(period, order.as_of, within)
    head = ReportHead(name, period, order.as_of, words, place)
    return _MAKERS[name](_Making(connection, scope, head, areas, progress))


def period_of(order: ReportOrder) -> ReportPeriod:
    """Return the period of *order*; raises BadPeriod."""
    try:
        first, end = date.fromisoformat(order.first), date.fromisoformat(order.end)
    except ValueError as error:
        raise BadPeriod(f"{error}; write days as 2026-11-29") from error
    if first < FIRST_DAY:
        raise BadPeriod(f"{first} is before {FIRST_DAY}, when nothing was recorded; correct the year")
    return ReportPeriod(first, end, order.zone)


def written(document: ReportDocument, form: ReportForm, words: Words) -> bytes:
    """Return *document* in *form*; libraries of a form are loaded with it alone."""
    match form:
        case ReportForm.JSON:
            from reports.outputs.as_json import as_json

            return as_json(document)
        case ReportForm.CSV:
            from reports.outputs.as_csv import as_csv

            return as_csv(document)
        case ReportForm.XLSX:
            from reports.outputs.as_xlsx import as_xlsx

            return as_xlsx(document, words)
        case ReportForm.PDF:
            from reports.outputs.as_pdf import as_pdf

            return as_pdf(document, words)


def _figures(making: _Making) -> ReportDocument:
    scope, connection = making.scope, making.connection
    making.progress("registry")
    known = registered(connection, scope)
    making.progress("incidents")
    now = incident_figures(connection, scope, known)
    earlier = replace(scope, period=scope.period.previous)
    before = incident_figures(connection, earlier, known)
    making.progress("duties")
    exposure = exposed(scope, known)
    return figures_document(
        making.head, now, before, exposed=exposure, known=known, duties=_fulfilled(making)
    )


def _response(making: _Making) -> ReportDocument:
    making.progress("registry")
    known = registered(making.connection, making.scope)
    making.progress("timelines")
    return response_document(making.head, response_times(making.connection, making.scope), known)


def _availability(making: _Making) -> ReportDocument:
    making.progress("registry")
    known = registered(making.connection, making.scope)
    making.progress("faults")
    found = availabilities(making.connection, making.scope, known)
    return availability_document(making.head, found, known)


def _daily(making: _Making) -> ReportDocument:
    connection, scope = making.connection, making.scope
    making.progress("registry")
    known, rows = registered(connection, scope), shared_rows(connection)
    making.progress("incidents")
    fires = _fires(making)
    entries = entries_of(connection, scope.period, areas=making.areas)
    parents = {name: each.parent for name, each in area_history(rows).areas.items()}
    forest = area_forest(parents, making.areas)
    areas_of_units = {each.id: each.area for each in rows.units}
    broken = [
        BrokenMeans(each.name, each.plate, each.unit, each.state)
        for each in rows.means
        if each.state in OUT_OF_ORDER
        and (making.areas is None or areas_of_units.get(each.unit) in making.areas)
    ]
    parts = SheetParts(daily_values(entries, forest), fires, broken)
    return daily_document(making.head, parts, known)


def _shifts(making: _Making) -> ReportDocument:
    making.progress("registry")
    known = registered(making.connection, making.scope)
    making.progress("incidents")
    hand_overs = list(hand_overs_of(making.connection, making.scope.period, areas=making.areas))
    fires = fires_table(making.head, _fires(making), known)
    return shifts_document(making.head, hand_overs, fires)


def _fires(making: _Making) -> list[ReportedFire]:
    connection, scope = making.connection, making.scope
    facts = incidents_of(connection, scope.period.since, scope.period.until, within=scope.within)
    return list(_reported(connection, _real_fires(facts, scope.period)))


def _duties(making: _Making) -> ReportDocument:
    making.progress("duties")
    found = duty_counts(making.connection, making.scope.period, within=making.scope.within)
    return duties_document(making.head, found, _fulfilled(making))


def _fulfilled(making: _Making) -> FulfilmentTally:
    period = making.scope.period
    today = period.day_of(making.scope.as_of)
    return duties_fulfilled(making.connection, period, today, within=making.scope.within)


def _real_fires(facts: Iterable[IncidentFact], period: ReportPeriod) -> Iterable[IncidentFact]:
    return (each for each in facts if each.is_real_fire and period.has(each.opened_at))


def _reported(connection: Connection, fires: Iterable[IncidentFact]) -> Iterable[ReportedFire]:
    left = iter(fires)
    while some := list(islice(left, ROWS_AT_ONCE)):
        steps = steps_of(connection, [each.id for each in some])
        for each in some:
            yield ReportedFire(
                each.id,
                each.premises,
                each.opened_at,
                each.outcome,
                steps[each.id].get(ResponseStep.DISPATCHED),
            )


def area_forest(parents: Mapping[str, str | None], areas: frozenset[str] | None) -> AreaForest:
    """Return the areas that may be reported as a forest; all of them below the whole of the center."""
    children: dict[str, list[str]] = {}
    for area, parent in sorted(parents.items()):
        if areas is None or area in areas:
            above = parent if parent in parents and (areas is None or parent in areas) else None
            children.setdefault(WHOLE_CENTER if above is None else above, []).append(area)
    roots = [WHOLE_CENTER] if areas is None else children.pop(WHOLE_CENTER, [])
    return AreaForest(roots, children)


_MAKERS: dict[ReportName, Callable[[_Making], ReportDocument]] = {
    ReportName.FIGURES: _figures,
    ReportName.RESPONSE: _response,
    ReportName.AVAILABILITY: _availability,
    ReportName.DAILY: _daily,
    ReportName.DUTIES: _duties,
    ReportName.SHIFTS: _shifts,
}
"""The maker of each report."""
