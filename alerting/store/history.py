"""Reads what happened from the center's database, and rehearses a registry on it before it is used."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, inspect, select

import registry.migrations
import registry.store
from alerting.domain.model.effects import TimelineEvent
from alerting.domain.model.events import Acknowledge, ClockSource, Close, StoredSignal
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.override import OF_POINTS, Override
from alerting.domain.rehearsal.compare import Rehearsal, compare
from alerting.domain.rehearsal.history import Happening, RehearsalHistory, ReplayedAction, ReplayedSignal
from alerting.domain.rehearsal.replay import ReplaySettings
from alerting.domain.rehearsal.rule_changes import ZoneKey, rule_changes
from alerting.domain.watch.conditions import OUT_OF_SERVICE_KINDS
from alerting.store.incident_state import incident_of
from alerting.store.tables import incident_items, incidents, signals, timeline
from contract.messages import Kind, Signal
from contract.times import SECOND, Micros
from registry.domain.index import Index
from registry.model.registry import Registry
from runtime.database import open_existing

LEAD_IN = 3_600 * SECOND
"""Time that is replayed before the days that count: the longest ``hold_s`` that a zone may have."""

ROWS_AT_ONCE = 2_000
"""Rows in memory at a time, of each query: about a megabyte."""

MOST_NAMED = 500
"""Premises that are named in a query; with more of them all are read, and the rest is passed over."""

OF_A_FIRE = frozenset({Kind.FIRE, *OUT_OF_SERVICE_KINDS})
"""The kinds of signal that can confirm a fire, or degrade its rule."""


class NoHistory(Exception):
    """Alerting's tables are of an older version; start this version of it once, then try again."""


@dataclass(frozen=True, slots=True)
class Period:
    """From when on suspicions count, and until when time runs."""

    since: Micros
    until: Micros


@dataclass(frozen=True, slots=True)
class Compared:
    """The effect of a new registry: the zones *changed* and how, and what was *found* on the history.

    *signals* is how many were replayed, *version* the registry that is active.
    """

    version: int
    changed: dict[ZoneKey, str]
    signals: int
    found: Rehearsal


Progress = Callable[[int, int], None]
"""Told so many signals of so many."""


async def rehearse(
    url: str, content: Registry, *, period: Period, waits: ReplaySettings, progress: Progress
) -> Compared:
    """Return what *content* decides otherwise than the active registry of the database at *url*.

    One transaction that only reads; raises NoHistory where the tables are not those of this version,
    and NoDatabase where there is none.
    """

    def ask(connection: Connection) -> Compared:
        active = registry.store.latest(connection)
        changed = rule_changes(active.registry, content)
        where = {premises for premises, _ in changed}
        if not where or not has_history(connection):
            return Compared(active.number, changed, 0, Rehearsal())
        reading = HistoryReader(connection, period, where)
        total = reading.count()
        history = reading.history(lambda done: progress(done, total))
        two = Index(active.registry), Index(content)
        found = compare(history, *two, waits=waits, since=period.since)
        return Compared(active.number, changed, total, found)

    async with open_existing(url) as database:
        await database.migrate(registry.migrations.REVISIONS)
        return await database.read(ask)


def has_history(connection: Connection) -> bool:
    """Return whether alerting has used this database; raises NoHistory where another version did."""
    tables = inspect(connection)
    if not tables.has_table(signals.name):
        return False
    if not tables.has_table(incident_items.name):
        raise NoHistory("alerting's tables are of an older version; start this version of it once")
    return True


class HistoryReader:
    """Reads the history of the premises *where*, from a while before the *period* on."""

    def __init__(self, connection: Connection, period: Period, where: Collection[str]) -> None:
        self._db = connection.execution_options(yield_per=ROWS_AT_ONCE)
        self._since = period.since - LEAD_IN
        self._until = period.until
        self._where = frozenset(where)

    def count(self) -> int:
        """Return the number of signals to replay."""
        counted = self._of_these(select(signals.c.premises, func.count()), signals)
        query = counted.where(*self._now()).group_by(signals.c.premises)
        return sum(row[1] for row in self._here(query))

    def history(self, progress: Callable[[int], None]) -> RehearsalHistory:
        """Return the history; its signals and actions are read as they are replayed."""
        happened = merge(self._signals(progress), self._acts(), key=lambda each: each.at)
        return RehearsalHistory(happened, self._until, tuple(self._standing()), tuple(self._overrides()))

    def _now(self) -> tuple[Any, ...]:
        kinds = signals.c.kind.in_(sorted(OF_A_FIRE))
        return kinds, signals.c.stored_at >= self._since, signals.c.stored_at <= self._until

    def _signals(self, progress: Callable[[int], None]) -> Iterator[Happening]:
        query = self._of_these(select(signals), signals).where(*self._now()).order_by(signals.c.id)
        for number, row in enumerate(self._here(query), start=1):
            if number % ROWS_AT_ONCE == 0:
                progress(number)
            yield _stored(row)

    def _standing(self) -> Iterator[ReplayedSignal]:
        """The latest signal of every fault and disablement that was stored before."""
        about = signals.c.premises, signals.c.gateway, signals.c.scope, signals.c.name, signals.c.kind
        latest = (
            select(func.max(signals.c.id))
            .where(signals.c.kind.in_(sorted(OUT_OF_SERVICE_KINDS)), signals.c.stored_at < self._since)
            .group_by(*about, signals.c.reason)
        )
        query = self._of_these(select(signals), signals).where(signals.c.id.in_(latest))
        return map(_stored, self._here(query.order_by(signals.c.id)))

    def _acts(self) -> Iterator[Happening]:
        about = incidents.c.id, incidents.c.premises, incidents.c.state
        columns = (*about, timeline.c.at, timeline.c.event)
        query = (
            self._of_these(select(*columns), incidents)
            .join(timeline, timeline.c.incident == incidents.c.id)
            .where(incidents.c.kind == IncidentKind.FIRE.value, timeline.c.at >= self._since)
            .where(timeline.c.event.in_([TimelineEvent.ACKNOWLEDGED.value, TimelineEvent.CLOSED.value]))
            .where(timeline.c.at <= self._until)
        )
        for row in self._here(query.order_by(timeline.c.id)):
            fire = incident_of(IncidentKind.FIRE, row.state, self._points_of(row.id))
            if isinstance(fire, FireIncident) and fire.exercise is None and not fire.is_unverified:
                yield _acted(row, fire)

    def _points_of(self, incident: str) -> Iterator[str]:
        query = select(incident_items.c.state).where(incident_items.c.incident == incident)
        return (row.state for row in self._db.execute(query.order_by(incident_items.c.place)))

    def _overrides(self) -> Iterator[Override]:
        query = self._of_these(select(incidents.c.premises, incidents.c.state), incidents)
        query = query.where(incidents.c.kind.in_(sorted(OF_POINTS)))
        for row in self._here(query):
            override = msgspec.json.decode(row.state, type=Override)
            if override.closed_at is None or override.closed_at >= self._since:
                yield override

    def _of_these(self, query: Select[Any], table: Any) -> Select[Any]:
        if len(self._where) > MOST_NAMED:
            return query.select_from(table)
        return query.select_from(table).where(table.c.premises.in_(sorted(self._where)))

    def _here(self, query: Select[Any]) -> Iterable[Any]:
        return (row for row in self._db.execute(query) if row.premises in self._where)


def _stored(row: Any) -> ReplayedSignal:
    names = ("seq", "kind", "edge", "scope", "name", "reason", "quantity", "value")
    said = {name: getattr(row, name) for name in (*names, "changed_at", "committed_at")}
    signal = msgspec.convert(said, Signal)
    times = row.received_at, row.happened_at, ClockSource(row.clock)
    return ReplayedSignal(
        row.premises, StoredSignal(row.gateway, row.epoch, signal, *times), row.stored_at
    )


def _acted(row: Any, fire: FireIncident) -> ReplayedAction:
    """Return the action on a fire; the person does not matter to what is confirmed."""
    act: Acknowledge | Close = Acknowledge("")
    if row.event == TimelineEvent.CLOSED:
        act = Close("", fire.outcome or Outcome.CLEARED)
    return ReplayedAction(row.premises, frozenset(fire.points), act, row.at)
