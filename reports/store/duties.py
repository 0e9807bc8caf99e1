"""Counts what was done for duties; what is due is for the package ``duties``."""

from collections import Counter

from sqlalchemy import Connection, text

from reports.domain.period import ReportPeriod
from reports.domain.wording import DutyTally
from reports.store.daily import day_number
from reports.store.incidents import ROWS_AT_ONCE, Within

_DONE = text(
    "SELECT duty, outcome, premises, COUNT(*) AS events FROM duty_events "
    "WHERE done_on >= :first AND done_on < :end "
    "GROUP BY duty, outcome, premises ORDER BY duty, outcome, premises"
)


def duty_counts(connection: Connection, period: ReportPeriod, *, within: Within) -> list[DutyTally]:
    """Return what was done in *period* for the duties of premises *within*."""
    about = {"first": day_number(period.first), "end": day_number(period.end)}
    events, places = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(_DONE, about):
        if within is None or row.premises in within:
            events[row.duty, row.outcome] += row.events
            places[row.duty, row.outcome] += 1
    return [DutyTally(*key, count, places[key]) for key, count in sorted(events.items())]
