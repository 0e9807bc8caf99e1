"""What alerting reads and writes in one transaction of the database."""

import json
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, Executable, and_, delete, func, insert, or_, select, update

from alerting.adapters import statements
from alerting.adapters.conditions import Conditions
from alerting.adapters.coverage import Coverages, Stream, stream_key
from alerting.adapters.statements import DELIVERED, REPLACED, WAITING, chunks
from alerting.adapters.tables import (
    attempts,
    deadlines,
    deliveries,
    gateways,
    incidents,
    signals,
    timeline,
)
from alerting.domain.effects import CancelDeadline, Deliver, Entry, SetDeadline, Told
from alerting.domain.incident import Incident, Phase, PointInFire
from alerting.domain.relays import body
from contract.messages import Edge, Presence
from contract.times import SECOND, Micros

log = structlog.get_logger(__name__)

# That there is a fire goes before what became of it, whatever waits for a destination.
_LATER = frozenset(
    {
        *(Told.SPREAD, Told.ACKNOWLEDGED, Told.DISPATCHED, Told.ON_SCENE, Told.UNDER_CONTROL),
        Told.CLOSED,
    }
)

LEASE = 120 * SECOND
"""For how long a delivery is left to the process that began to tell it: twice the longest timeout of an
attempt. Another process of the same database that asks meanwhile must not tell it too."""

Number = tuple[str, str, str, int]
"""Premises, gateway, epoch and number: what identifies a signal."""

Content = tuple[str, str, str, str, Micros]
"""Kind, edge, scope, name and time of commit: what tells two signals of one number apart."""

_encode = msgspec.json.Encoder().encode
_incident_decoder = msgspec.json.Decoder(Incident)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that came."""

    incident: str
    key: str
    at: Micros


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery to be attempted."""

    id: str
    incident: str
    destination: str
    event: str
    attempt: int
    body: str


class Store:
    """The statements of one transaction on *connection*."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._db = connection
        self.coverage = Coverages(connection)
        self.conditions = Conditions(connection)
        self.unreadable = 0  # incidents that were met and could not be read

    # -- signals

    def known(self, keys: Sequence[Number]) -> dict[Number, Content]:
        """What is stored under those of *keys* that are."""
        found: dict[Number, Content] = {}
        for some in chunks(keys, 1_000):
            for row in self._db.execute(statements.KNOWN, {"keys_": some}):
                number: Number = (row[0], row[1], row[2], row[3])
                found[number] = (row[4], row[5], row[6], row[7], row[8])
        return found

    def add_signals(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store *rows*, which are not stored yet."""
        self._each(statements.ADD_SIGNALS, rows)

    def last_number(self, stream: Stream) -> int:
        """The highest number that is stored of *stream*; 0 where there is none."""
        return int(self._db.scalar(statements.LAST_OF, stream_key(stream)) or 0)

    def restored_since(
        self, stream: Stream, *, name: str, seq: int, times: tuple[Micros, Micros]
    ) -> Micros | None:
        """When a later fire signal of the point, stored already, said that it was restored.

        Of another epoch it is later by *times*: when it happened and was committed.
        """
        happened, committed = times
        about = {**stream_key(stream), "name_": name, "seq_": seq}
        since = {**about, "happened_": happened, "committed_": committed}
        del since["seq_"]
        rows = [
            *self._db.execute(statements.LATER_SIGNAL, about),
            *self._db.execute(statements.LATER_IN_ANOTHER_EPOCH, since),
        ]
        row = max(rows, key=lambda each: (each.happened_at, each.committed_at), default=None)
        return int(row.happened_at) if row is not None and row.edge == Edge.RESTORED else None

    # -- incidents

    def open_incidents(self) -> Iterator[Incident]:
        """The open incidents of all premises that can be read."""
        for row in self._db.execute(statements.OPEN_INCIDENTS):
            if (incident := self._read(row.id, row.state)) is not None:
                yield incident

    def open_incidents_of(self, premises: Iterable[str]) -> dict[str, Incident]:
        """The open incidents of *premises*; those that cannot be read make room for new ones."""
        found: dict[str, Incident] = {}
        for some in chunks(sorted(premises), 1_000):
            for row in self._db.execute(statements.OPEN_INCIDENTS_OF, {"premises_": some}).all():
                if (incident := self._read(row.id, row.state)) is not None:
                    found[row.premises] = incident
                else:
                    self._db.execute(
                        statements.CHANGE_INCIDENT, {"id_": row.id, "phase": Phase.CLOSED.value}
                    )
        return found

    def _read(self, number: str, state: str) -> Incident | None:
        try:
            return _incident_decoder.decode(state)
        except (msgspec.MsgspecError, ValueError) as flaw:
            log.error("an incident cannot be read; act on it by hand", incident=number, reason=str(flaw))
            self.unreadable += 1
            return None

    def incident(self, number: str) -> Incident | None:
        """The incident called *number*."""
        state = self._db.scalar(statements.INCIDENT, {"id_": number})
        return None if state is None else _incident_decoder.decode(state)

    def left_standing(self, premises: str) -> tuple[PointInFire, ...]:
        """The points that the last closed incident of *premises* left in fire, and are so still."""
        row = self._db.execute(statements.LAST_CLOSED, {"premises_": premises}).one_or_none()
        last = None if row is None else self._read(row.id, row.state)
        points = () if last is None else last.points.values()
        return tuple(
            point for point in points if point.standing and not self._is_restored(premises, point)
        )

    def _is_restored(self, premises: str, point: PointInFire) -> bool:
        stream, times = (premises, point.gateway, point.epoch), (point.happened_at, point.committed_at)
        return self.restored_since(stream, name=point.name, seq=point.seq, times=times) is not None

    def list_incidents(self, *, which: str, limit: int) -> list[Incident]:
        """Up to *limit* incidents, newest first; *which* is ``open``, ``closed`` or ``all``."""
        query = select(incidents.c.id, incidents.c.state).order_by(
            incidents.c.opened_at.desc(), incidents.c.id.desc()
        )
        closed = incidents.c.phase == Phase.CLOSED.value
        if which != "all":
            query = query.where(closed if which == "closed" else ~closed)
        read = (self._read(row.id, row.state) for row in self._db.execute(query.limit(limit)))
        return [incident for incident in read if incident is not None]

    def add_incidents(self, new: Iterable[Incident]) -> None:
        """Store incidents that are new."""
        rows = [
            {"id": each.id, "premises": each.site.id, "opened_at": each.opened_at, **_changing(each)}
            for each in new
        ]
        self._each(statements.ADD_INCIDENT, rows)

    def save_incidents(self, changed: Iterable[Incident]) -> None:
        """Store what became of incidents."""
        rows = [{"id_": each.id, **_changing(each)} for each in changed]
        self._each(statements.CHANGE_INCIDENT, rows)

    # -- timeline

    def record(self, entries: Sequence[tuple[str, str | None, Entry]], now: Micros) -> None:
        """Add *entries*, each with its premises and incident, to the timeline."""
        rows = [
            {
                "at": now,
                "premises": premises,
                "incident": incident,
                "event": entry.mark.value,
                "reason": entry.reason,
                "data": _encode(entry.data).decode(),
            }
            for premises, incident, entry in entries
        ]
        self._each(statements.RECORD, rows)

    def timeline_of(self, incident: str) -> list[dict[str, Any]]:
        """All entries of *incident*, oldest first."""
        query = select(timeline).where(timeline.c.incident == incident).order_by(timeline.c.id)
        return [_entry(dict(row._mapping)) for row in self._db.execute(query)]

    def feed(self, *, after: int, limit: int) -> list[dict[str, Any]]:
        """Up to *limit* entries of all timelines numbered above *after*, oldest first."""
        query = select(timeline).where(timeline.c.id > after).order_by(timeline.c.id).limit(limit)
        return [_entry(dict(row._mapping)) for row in self._db.execute(query)]

    def newest_entry(self) -> int:
        """The number of the latest entry."""
        return int(self._db.scalar(select(func.max(timeline.c.id))) or 0)

    def list_signals(self, *, premises: str | None, after: int, limit: int) -> list[dict[str, Any]]:
        """Up to *limit* signals numbered above *after*, oldest first."""
        query = select(signals).where(signals.c.id > after).order_by(signals.c.id).limit(limit)
        if premises is not None:
            query = query.where(signals.c.premises == premises)
        return [dict(row._mapping) for row in self._db.execute(query)]

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
        for some in chunks(keys, 1_000):
            self._db.execute(statements.DROP_DEADLINES, {"keys_": some})

    def take_due(self, now: Micros, *, limit: int) -> list[Due]:
        """Remove and return up to *limit* deadlines that came by *now*, earliest first."""
        query = (
            select(deadlines).where(deadlines.c.due_at <= now).order_by(deadlines.c.due_at).limit(limit)
        )
        rows = self._db.execute(query.with_for_update(skip_locked=True)).all()
        self._drop_deadlines([(row.incident, row.key) for row in rows])
        return [Due(row.incident, row.key, row.due_at) for row in rows]

    def next_deadline(self) -> Micros | None:
        """When the earliest deadline comes."""
        due: Micros | None = self._db.scalar(statements.NEXT_DEADLINE)
        return due

    def deadlines_of(self, incident: str) -> list[tuple[str, Micros]]:
        """Every deadline of *incident*: its key, and when it comes."""
        query = select(deadlines.c.key, deadlines.c.due_at).where(deadlines.c.incident == incident)
        return [(row.key, row.due_at) for row in self._db.execute(query)]

    # -- deliveries

    def add_deliveries(self, new: Collection[Deliver]) -> None:
        """Queue *new*; what repeats takes the place of one that the destination still waits for."""
        replaced = [
            {
                "incident_": each.incident.id,
                "destination_": each.destination,
                "event_": each.told.value,
                "state": REPLACED,
                "done_at": each.at,
            }
            for each in new
            if each.takes_the_place
        ]
        self._each(statements.REPLACE, replaced)
        self._each(statements.ADD_DELIVERY, [_delivery(each) for each in new])

    def waiting_destinations(self) -> list[str]:
        """The destinations for which something waits."""
        query = select(deliveries.c.destination).where(deliveries.c.state == WAITING).distinct()
        return [row.destination for row in self._db.execute(query)]

    def begin_attempt(self, destination: str, now: Micros) -> Waiting | None:
        """Record that the next delivery to *destination* is about to be attempted."""
        ready = {"destination_": destination, "now_": now}
        row = self._db.execute(statements.NEXT_DELIVERY, ready).one_or_none()
        if row is None:
            return None
        number = row.attempts + 1
        lent = {"attempts": number, "next_at": now + LEASE}
        self._db.execute(statements.CHANGE_DELIVERY, {"id_": row.id, **lent})
        begun = {"delivery": row.id, "attempt": number, "began_at": now}
        self._db.execute(statements.BEGIN_ATTEMPT, begun)
        return Waiting(row.id, row.incident, row.destination, row.event, number, row.body)

    def end_attempt(self, done: Waiting, *, result: str, now: Micros) -> None:
        """Record how an attempt ended."""
        ended = {"ended_at": now, "result": result}
        key = {"delivery_": done.id, "attempt_": done.attempt}
        self._db.execute(statements.END_ATTEMPT, {**key, **ended})

    def delivered(self, done: Waiting, now: Micros) -> None:
        """The destination has it."""
        state = {"state": DELIVERED, "done_at": now}
        self._db.execute(statements.CHANGE_DELIVERY, {"id_": done.id, **state})

    def hurry(self, destination: str, now: Micros) -> None:
        """Try at once whatever waits for *destination*: it answers again."""
        rest = {"destination_": destination, "now_": now}
        self._db.execute(statements.HURRY, {**rest, "next_at": now})

    def postpone(self, failed: Waiting, until: Micros) -> None:
        """Try this delivery again at *until*."""
        self._db.execute(statements.CHANGE_DELIVERY, {"id_": failed.id, "next_at": until})

    def postpone_all(self, failed: Waiting, until: Micros) -> None:
        """The destination cannot be reached: try what waited when *failed* began again at *until*."""
        rest = {
            "destination_": failed.destination,
            "delivery_": failed.id,
            "attempt_": failed.attempt,
        }
        self._db.execute(statements.POSTPONE_ALL, {**rest, "next_at": until})

    def hurry_all(self, now: Micros) -> None:
        """Try all that waits at once: a restart may have been the remedy."""
        self._db.execute(update(deliveries).where(deliveries.c.state == WAITING).values(next_at=now))

    def next_attempt(self, destination: str) -> Micros | None:
        """When something for *destination* is to be tried next."""
        due: Micros | None = self._db.scalar(statements.NEXT_ATTEMPT, {"destination_": destination})
        return due

    def deliveries_of(self, incident: str) -> list[dict[str, Any]]:
        """Every delivery of *incident* with the attempts made for it."""
        names = ("id", "destination", "event", "state", "created_at", "done_at")
        columns = [deliveries.c[name] for name in names]
        query = select(*columns).where(deliveries.c.incident == incident).order_by(deliveries.c.number)
        found = {row.id: {**row._mapping, "attempts": []} for row in self._db.execute(query)}
        tried = (
            select(attempts)
            .join(deliveries, deliveries.c.id == attempts.c.delivery)
            .where(deliveries.c.incident == incident)
            .order_by(attempts.c.began_at)
        )
        for row in self._db.execute(tried):
            one = {"attempt": row.attempt, "began_at": row.began_at, "ended_at": row.ended_at}
            found[row.delivery]["attempts"].append({**one, "result": row.result})
        return list(found.values())

    # -- gateways

    def note_presence(self, premises: str, gateway: str, presence: Presence) -> bool:
        """Keep what a gateway said of itself; False if it had said so before."""
        key = and_(gateways.c.premises == premises, gateways.c.gateway == gateway)
        row = self._db.execute(select(gateways).where(key)).one_or_none()
        said = {"online": presence.online, "version": presence.version, "at": presence.at}
        if row is None:
            self._db.execute(insert(gateways).values(premises=premises, gateway=gateway, **said))
        elif (row.online, row.at) != (presence.online, presence.at):
            self._db.execute(update(gateways).where(key).values(**said))
        return row is None or row.online != presence.online

    def all_gateways(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What each gateway that was ever heard said of itself last, by premises and name."""
        rows = self._db.execute(select(gateways))
        return {(row.premises, row.gateway): dict(row._mapping) for row in rows}

    # -- housekeeping

    def forget(self, before: Micros) -> int:
        """Drop the timelines of what was closed *before*, and the premises' log; returns how much."""
        closed = select(incidents.c.id).where(incidents.c.closed_at < before)
        old = and_(
            timeline.c.at < before, or_(timeline.c.incident.is_(None), timeline.c.incident.in_(closed))
        )
        return self._db.execute(delete(timeline).where(old)).rowcount

    def _each(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run *statement* for each of *rows*, all at once."""
        if rows:
            self._db.execute(statement, rows)


def _delivery(deliver: Deliver) -> dict[str, Any]:
    return {
        "id": deliver.id,
        "incident": deliver.incident.id,
        "destination": deliver.destination,
        "event": deliver.told.value,
        "rank": int(deliver.told in _LATER),
        "state": WAITING,
        "attempts": 0,
        "next_at": deliver.at,
        "created_at": deliver.at,
        "body": _encode(body(deliver)).decode(),
    }


def _changing(incident: Incident) -> dict[str, Any]:
    return {
        "phase": incident.phase.value,
        "closed_at": incident.closed_at,
        "state": _encode(incident).decode(),
    }


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "data": json.loads(row["data"])}
