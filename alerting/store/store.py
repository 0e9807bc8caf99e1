"""Reads and writes alerting's tables in one transaction of the database."""

import json
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import structlog
from sqlalchemy import Connection, Dialect, and_, delete, func, insert, or_, select, update

import registry.store
from alerting.domain.model.effects import CancelDeadline, RecordedEntry, SetDeadline, TimelineEntry
from alerting.domain.model.events import ClockSource, StoredSignal
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.domain.model.override import Override
from alerting.domain.model.signal_order import SignalOrder
from alerting.domain.watch.conditions import FireSignalOfPoint, restored_at
from alerting.store import entries, listing, statements
from alerting.store.audit_queries import AuditQueries
from alerting.store.conditions import Conditions
from alerting.store.coverage import Coverages, of_stream
from alerting.store.deliveries import DeliveryQueue
from alerting.store.desks import DeskRows
from alerting.store.incidents import IncidentRows
from alerting.store.listing import DamagedIncident, IncidentPage, Listed
from alerting.store.replies import ReplyRows
from alerting.store.set_aside import SetAsideSignals
from alerting.store.shifts import ShiftRows
from alerting.store.statements import chunks
from alerting.store.synthetic_rounds import SyntheticRoundRows
from alerting.store.tables import (
    attempts,
    deadlines,
    deliveries,
    gateways,
    incident_items,
    incidents,
    signals,
    timeline,
)
from alerting.store.tried import TriedAddressRows
from audit.center_key import CenterKey
from audit.checking import missing_of_incident
from audit.deletions import record_deletions
from contract.http.signals import SignalRecord
from contract.ids import GatewayKey, IncidentId, SignalKey, StreamKey
from contract.messages import Edge, Kind, Presence, Signal
from contract.timeline import Entry
from contract.times import SECOND, Micros
from registry.domain.encoded_records import RecordKey
from registry.model.registry import Registry
from registry.store import StoredVersion
from registry.store.record_queries import StoredRecord, changes_between, records_after
from runtime.among import among
from runtime.prepared import MOST_KEYS, DriverConnection, Prepared, Watcher

log = structlog.get_logger(__name__)


class SignalContent(NamedTuple):
    """The part of a signal that tells two signals of one number apart."""

    kind: str
    edge: str
    scope: str
    name: str
    committed_at: Micros


def content_of(signal: Signal) -> SignalContent:
    """Return the part of *signal* that tells it apart from another one of its number."""
    return SignalContent(
        signal.kind.value, signal.edge.value, signal.scope.value, signal.name, signal.committed_at
    )


LATE_ROWS = 86_400 * SECOND
"""Microseconds after the end of an incident within which its last rows joined the audit chain."""

_encode = msgspec.json.Encoder().encode


class GatewayPresence(NamedTuple):
    """The last presence of a gateway: whether it is *online*, and since when by its clock."""

    online: bool
    version: str
    at: Micros


@dataclass(frozen=True, slots=True)
class DueDeadline:
    """A deadline that is due."""

    incident: IncidentId
    key: str
    at: Micros


class CenterStore:
    """The statements of one transaction on *connection*, for the process that is called *process*."""

    def __init__(
        self, connection: Connection, process: str = "", watchers: Sequence[Watcher] = ()
    ) -> None:
        self._db = DriverConnection(connection, watchers)
        self.coverage = Coverages(self._db)
        self.conditions = Conditions(self._db)
        self.deliveries = DeliveryQueue(self._db, process)
        self.incidents = IncidentRows(self._db)
        self.audit = AuditQueries(connection)
        self.set_aside = SetAsideSignals(self._db)
        self.tried = TriedAddressRows(self._db)
        self.desks = DeskRows(self._db)
        self.shifts = ShiftRows(self._db)
        self.replies = ReplyRows(self._db)
        self.synthetic_rounds = SyntheticRoundRows(self._db)

    @property
    def connection(self) -> DriverConnection:
        """Return the connection, for stores that others own."""
        return self._db

    # -- signals

    def known(self, keys: Sequence[SignalKey]) -> dict[SignalKey, SignalContent]:
        """Return the content of those of *keys* that are stored."""
        found: dict[SignalKey, SignalContent] = {}
        streams: dict[StreamKey, list[int]] = defaultdict(list)
        for key in keys:
            streams[StreamKey(key.premises, key.gateway, key.epoch)].append(key.seq)
        for stream, seqs in streams.items():
            for some in chunks(seqs, 1_000):
                for row in self._db.execute(statements.KNOWN, {**of_stream(stream), "seqs_": some}):
                    found[SignalKey(*row[:4])] = SignalContent(*row[4:9])
        return found

    def add_signals(self, signals: Sequence[tuple[str, StoredSignal]], now: Micros) -> None:
        """Store *signals*, each with its premises, which are not stored yet."""
        self._each(statements.ADD_SIGNALS, [_signal_row(*each, now) for each in signals])

    def last_number(self, stream: StreamKey) -> int:
        """Return the highest number that is stored of *stream*; 0 where there is none."""
        return int(self._db.scalar(statements.LAST_OF, of_stream(stream)) or 0)

    def restored_since(self, premises: str, point: tuple[str, str], order: SignalOrder) -> Micros | None:
        """Return when *point*, a gateway and a name, was restored after its fire signal at *order*."""
        about = {"premises_": premises, "gateway_": point[0], "name_": point[1], "epoch_": order.epoch}
        since = {"happened_": order.happened_at, "committed_": order.committed_at}
        rows = [
            *self._db.execute(statements.LATER_SIGNAL, {**about, "seq_": order.seq}),
            *self._db.execute(statements.LATER_IN_ANOTHER_EPOCH, about | since),
        ]
        return restored_at(
            FireSignalOfPoint(row.happened_at, row.committed_at, Edge(row.edge)) for row in rows
        )

    def raised_signals(
        self, premises: str, *, kinds: Collection[Kind], since: Micros
    ) -> list[StoredSignal]:
        """The signals that raised the standing conditions of points, from *since* on, oldest first."""
        about = {"premises_": premises, "kinds_": sorted(kinds), "since_": since}
        return [_signal(row) for row in self._db.execute(statements.STANDING_RAISES, about)]

    # -- incidents

    def open_incidents(self) -> list[Incident]:
        """Return the open incidents of all premises that can be read."""
        return _known(self.incidents.read(self._db.execute(statements.OPEN_INCIDENTS)))

    def open_incidents_of(self, premises: Iterable[str]) -> list[Incident]:
        """Return the open incidents of *premises*; those that cannot be read make room for new ones."""
        return [each.incident for each in self.incidents.open_of(premises).values()]

    def peek_open_incidents(self, premises: str) -> list[Incident]:
        """Return the open incidents of *premises* that can be read, without locking them."""
        rows = self._db.execute(statements.PEEK_OPEN_INCIDENTS, {"premises_": premises})
        return _known(self.incidents.read(rows))

    def incident(self, incident_id: IncidentId) -> Incident | None:
        """Return the incident with this id, of any kind; raises MsgspecError or ValueError."""
        stored = self.incidents.by_id(incident_id)
        return None if stored is None else stored.incident

    def last_closed_fire(self, premises: str, part: str) -> FireIncident | None:
        """The fire of *part* of *premises* that was closed last; None if it cannot be read."""
        about = {"premises_": premises, "part_": part}
        found = _known(self.incidents.read(self._db.execute(statements.LAST_CLOSED, about)))
        return next((each for each in found if isinstance(each, FireIncident)), None)

    def premises_of_incident(self, incident_id: IncidentId) -> str | None:
        """Return the premises of the incident with this id, readable or not; None without one."""
        query = select(incidents.c.premises).where(incidents.c.id == incident_id)
        found: str | None = self._db.scalar(query)
        return found

    def list_incidents(
        self,
        *,
        which: str,
        limit: int,
        kinds: Collection[str] = (IncidentKind.FIRE,),
        within: Collection[str] | None = None,
    ) -> list[Incident]:
        """Up to *limit* cases of *kinds* that can be read, in the order of a list; see ``Listed``."""
        listed = Listed(which, kinds, within)
        rows = self._db.execute(listing.first_of(listed, limit, self._dialect)).all()
        return _known(self.incidents.read(rows))

    def overrides_since(self, premises: str, since: Micros) -> list[Override]:
        """Return the overrides of *premises* that are open, or ended after *since*."""
        rows = self._db.execute(listing.overrides_since(premises, since)).all()
        return [each for each in self.incidents.read(rows) if isinstance(each, Override)]

    def page_of_incidents(
        self,
        *,
        which: str,
        limit: int,
        kinds: Collection[str],
        within: Collection[str] | None = None,
        ids: Collection[IncidentId] | None = None,
        after: str | None = None,
    ) -> IncidentPage:
        """The first *limit* incidents of *kinds*, also those that cannot be read, and their total."""
        listed = Listed(which, kinds, within, ids, after)
        rows = self._db.execute(listing.first_of(listed, limit, self._dialect)).all()
        names = [column.name for column in listing.COLUMNS]
        found = [
            incident or DamagedIncident(**{name: getattr(row, name) for name in names})
            for row, incident in zip(rows, self.incidents.read(rows), strict=True)
        ]
        total = self._db.scalar(listing.number_of(listed, self._dialect))
        return IncidentPage(found, int(total or 0))

    @property
    def _dialect(self) -> Dialect:
        return self._db.connection.dialect

    # -- timeline

    def record(
        self,
        new: Sequence[tuple[str, IncidentId | None, TimelineEntry]],
        now: Micros,
        *,
        kinds: Mapping[IncidentId, IncidentKind],
    ) -> Sequence[Entry]:
        """Add *new* entries, each with its premises and incident, to the timeline.

        Returns them as every interface shows them, by the *kinds* of their incidents; none of them
        where the database does not say their ids, or a kind is missing.
        """
        rows = [
            {
                "at": now,
                "premises": premises,
                "incident": incident,
                "event": entry.event.value,
                "reason": entry.reason,
                "data": _encode(entry.data).decode(),
            }
            for premises, incident, entry in new
        ]
        self._each(statements.RECORD, rows)
        if not rows or self._db.connection.dialect.name != "sqlite":
            return ()
        return entries.numbered(rows, int(self._db.scalar(statements.LAST_RECORDED) or 0), kinds=kinds)

    def timeline_of(self, incident: IncidentId) -> list[RecordedEntry]:
        """Return all entries of *incident*, oldest first."""
        query = select(timeline).where(timeline.c.incident == incident).order_by(timeline.c.id)
        return [
            RecordedEntry(row.at, row.event, row.reason, json.loads(row.data))
            for row in self._db.execute(query)
        ]

    def missing_rows_of(self, incident: Incident, now: Micros) -> list[str]:
        """Return the names of rows of *incident* that are in the audit chain and no longer stored."""
        until = now if incident.closed_at is None else incident.closed_at + LATE_ROWS
        since = incident.opened_at
        return missing_of_incident(self._db.connection, incident.id, since=since, until=until)

    def entries_of(self, incident: IncidentId) -> list[Entry]:
        """Return all entries of *incident* as every interface shows them, oldest first."""
        return entries.entries_of(self._db.connection, incident)

    def feed(self, *, after: int, limit: int) -> list[Entry]:
        """Return up to *limit* entries of all timelines numbered above *after*, oldest first."""
        return entries.entries_after(self._db.connection, after, limit=limit)

    def newest_entry(self) -> int:
        """Return the number of the latest entry."""
        return int(self._db.scalar(select(func.max(timeline.c.id))) or 0)

    def list_signals(
        self,
        *,
        premises: str | None,
        after: int,
        limit: int,
        within: Collection[str] | None = None,
        stored: tuple[Micros, Micros | None] = (0, None),
    ) -> list[SignalRecord]:
        """Up to *limit* signals numbered above *after*, oldest first; see ``Listed``.

        *stored* is when the first and the last of them were stored, the end is open where it is None.
        """
        begin, end = stored
        query = select(signals).where(signals.c.id > after).order_by(signals.c.id).limit(limit)
        query = query.where(among(signals.c.premises, within, self._dialect))
        if begin:
            query = query.where(signals.c.stored_at >= begin)
        if end is not None:
            query = query.where(signals.c.stored_at <= end)
        if premises is not None:
            query = query.where(signals.c.premises == premises)
        return [SignalRecord(**row._mapping) for row in self._db.execute(query)]

    # -- deadlines

    def change_deadlines(
        self, changes: Mapping[tuple[str, str], SetDeadline | CancelDeadline], *, fresh: Container[str]
    ) -> None:
        """Make *changes*, by incident and key; *fresh* incidents have no deadlines yet."""
        gone = [each for each in changes if each[0] not in fresh]
        self._drop_deadlines(gone)
        rows = [
            {"incident": number, "key": key, "due_at": change.due}
            for (number, key), change in changes.items()
            if isinstance(change, SetDeadline)
        ]
        self._each(statements.ADD_DEADLINES, rows)

    def _drop_deadlines(self, keys: Sequence[tuple[str, str]]) -> None:
        for some in chunks(keys, MOST_KEYS):
            self._db.execute(statements.DROP_DEADLINES, {"keys_": some})

    def take_due(self, now: Micros, *, limit: int) -> list[DueDeadline]:
        """Remove and return up to *limit* deadlines that came by *now*, earliest first."""
        # Of one moment in a fixed order: a database may hand out equal rows in any other.
        in_order = deadlines.c.due_at, deadlines.c.incident, deadlines.c.key
        query = select(deadlines).where(deadlines.c.due_at <= now).order_by(*in_order).limit(limit)
        rows = self._db.execute(query.with_for_update(skip_locked=True)).all()
        self._drop_deadlines([(row.incident, row.key) for row in rows])
        return [DueDeadline(row.incident, row.key, row.due_at) for row in rows]

    def next_deadline(self) -> Micros | None:
        """Return when the earliest deadline comes."""
        due: Micros | None = self._db.scalar(statements.NEXT_DEADLINE)
        return due

    def latest_ledger_time(self) -> Micros | None:
        """Return the time of the ledger's newest entries, if anything of any premises waits."""
        waits = statements.DEADLINE_WAITS, statements.DELIVERY_WAITS
        if all(self._db.execute(each).first() is None for each in waits):
            return None
        at: Micros | None = self._db.scalar(statements.LATEST_ENTRY)
        return at

    def deadlines_of(self, incident: IncidentId) -> list[tuple[str, Micros]]:
        """Return each deadline of *incident*: its key, and when it comes."""
        query = select(deadlines.c.key, deadlines.c.due_at).where(deadlines.c.incident == incident)
        return [(row.key, row.due_at) for row in self._db.execute(query)]

    # -- gateways

    def note_presence(self, gateway: GatewayKey, presence: Presence) -> bool:
        """Keep what *gateway* said of itself; returns False if it had said so before."""
        key = and_(gateways.c.premises == gateway.premises, gateways.c.gateway == gateway.gateway)
        row = self._db.execute(select(gateways).where(key)).one_or_none()
        said = {"online": presence.online, "version": presence.version, "at": presence.at}
        if row is None:
            self._db.execute(insert(gateways).values(**gateway._asdict(), **said))
        elif (row.online, row.at) != (presence.online, presence.at):
            self._db.execute(update(gateways).where(key).values(**said))
        return row is None or row.online != presence.online

    def gateway_presences(self) -> dict[GatewayKey, GatewayPresence]:
        """Return what each gateway that was ever heard said of itself last."""
        return {
            GatewayKey(row.premises, row.gateway): GatewayPresence(row.online, row.version, row.at)
            for row in self._db.execute(select(gateways))
        }

    # -- the registry

    def registry_version(self) -> int:
        """Return the number of the latest version of the registry."""
        return registry.store.latest_number(self._db.connection)

    def stored_registry(self, version: int) -> StoredVersion | None:
        """Return the registry *version* as it is stored, without its parts."""
        return registry.store.stored_version(self._db.connection, version)

    def registry_part(self, version: int, number: int) -> tuple[str, bytes]:
        """Return the first premises and the content of a part of *version*; raises ValueError."""
        return registry.store.stored_part(self._db.connection, version, number)

    def registry_records(self, version: int, after: RecordKey | None, most: int) -> list[StoredRecord]:
        """Return at most *most* records of the registry *version* that follow *after*."""
        return records_after(self._db.connection, version, after, most)

    def registry_changes(self, older: int, newer: int, most: int) -> list[StoredRecord]:
        """Return *most* records that became valid or ended after *older* and by *newer*."""
        return changes_between(self._db.connection, older, newer, most)

    def put_registry(
        self, content: Registry, *, who: str, now: datetime, key: CenterKey | None = None
    ) -> None:
        """Make *content* the latest version of the registry, signed with *key*."""
        registry.store.store_registry(self._db.connection, content, who=who, now=now, key=key)

    # -- housekeeping

    def forget(self, before: Micros, now: Micros, key: CenterKey) -> int:
        """Delete incidents that closed *before*, their timelines and deliveries, and premises' logs.

        The accounts of epochs that were not heard since go too. The audit chain keeps the hashes of what
        went, and a record that it went by the rule *now*, signed with *key*.

        Returns the number of entries of timelines that went.
        """
        closed = select(incidents.c.id).where(incidents.c.closed_at < before)
        of_closed = select(deliveries.c.id).where(deliveries.c.incident.in_(closed))
        old = or_(
            and_(timeline.c.at < before, timeline.c.incident.is_(None)), timeline.c.incident.in_(closed)
        )
        gone = {
            "timeline": select(timeline.c.id).where(old),
            "attempt": select(attempts.c.delivery, attempts.c.attempt).where(
                attempts.c.delivery.in_(of_closed)
            ),
            "incident": closed,
        }
        keys = {name: _keys(self._db.execute(query)) for name, query in gone.items()}
        record_deletions(self._db, keys, before=before, at=now, key=key)
        self._db.execute(delete(attempts).where(attempts.c.delivery.in_(of_closed)))
        self._db.execute(delete(deliveries).where(deliveries.c.incident.in_(closed)))
        lines = self._db.execute(delete(timeline).where(old)).rowcount
        self._db.execute(delete(deadlines).where(deadlines.c.incident.in_(closed)))
        self._db.execute(delete(incident_items).where(incident_items.c.incident.in_(closed)))
        self._db.execute(delete(incidents).where(incidents.c.closed_at < before))
        self.coverage.forget(before)
        return lines

    def _each(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run *statement* for each of *rows*, all at once."""
        if rows:
            self._db.execute(statement, rows)


def _keys(rows: Iterable[Any]) -> list[str]:
    """Return the keys of *rows* as the audit chain has them."""
    return ["#".join(map(str, row)) for row in rows]


def _signal(row: Any) -> StoredSignal:
    names = ("seq", "kind", "edge", "scope", "name", "reason", "quantity", "value")
    said = {name: getattr(row, name) for name in (*names, "changed_at", "committed_at")}
    times = row.received_at, row.happened_at, ClockSource(row.clock)
    return StoredSignal(row.gateway, row.epoch, msgspec.convert(said, Signal), *times)


def _signal_row(premises: str, stored: StoredSignal, now: Micros) -> dict[str, Any]:
    signal = stored.signal
    return {
        "premises": premises,
        "gateway": stored.gateway,
        "epoch": stored.epoch,
        "seq": signal.seq,
        "kind": signal.kind.value,
        "edge": signal.edge.value,
        "scope": signal.scope.value,
        "name": signal.name,
        "reason": signal.reason,
        "quantity": signal.quantity,
        "value": signal.value,
        "changed_at": signal.changed_at,
        "committed_at": signal.committed_at,
        "received_at": stored.received_at,
        "stored_at": now,
        "happened_at": stored.happened_at,
        "clock": stored.clock.value,
    }


def _known(incidents: Iterable[Incident | None]) -> list[Incident]:
    return [each for each in incidents if each is not None]
