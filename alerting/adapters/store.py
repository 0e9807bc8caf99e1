"""What alerting reads and writes in one transaction of the database."""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, delete, func, insert, or_, select, tuple_, update

from alerting.adapters.tables import (
    attempts,
    coverage,
    deadlines,
    deliveries,
    gateways,
    incidents,
    signals,
    timeline,
)
from alerting.domain.effects import CancelDeadline, Deliver, Entry, SetDeadline, Told
from alerting.domain.incident import Incident, Phase
from alerting.domain.relays import body
from contract.coverage import Coverage
from contract.messages import MAX_ABOVE, VERSION, Edge, Presence, Receipt
from contract.times import Micros

WAITING, DELIVERED, REPLACED = "waiting", "delivered", "replaced"
"""States of a delivery."""

# That there is a fire goes before what became of it, whatever waits for a destination.
_LATER = frozenset({Told.SPREAD, Told.ACKNOWLEDGED, Told.CLOSED})

Stream = tuple[str, str, str]
"""Premises, gateway and epoch: what numbers its signals."""

_encode = msgspec.json.Encoder().encode
_incident_decoder = msgspec.json.Decoder(Incident)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that came."""

    incident: str
    key: str


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
        self._db = connection

    # -- signals

    def known(self, keys: Sequence[tuple[str, str, str, int]]) -> set[tuple[str, str, str, int]]:
        """Those of *keys* (premises, gateway, epoch, seq) that are stored."""
        columns = tuple_(signals.c.premises, signals.c.gateway, signals.c.epoch, signals.c.seq)
        found: set[tuple[str, str, str, int]] = set()
        for some in _chunks(keys, 1_000):
            query = select(signals.c.premises, signals.c.gateway, signals.c.epoch, signals.c.seq)
            rows = self._db.execute(query.where(columns.in_(some)))
            found |= {(row[0], row[1], row[2], row[3]) for row in rows}
        return found

    def add_signals(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store *rows*, which are not stored yet."""
        if rows:
            self._db.execute(insert(signals), list(rows))

    def restored_since(self, stream: Stream, *, name: str, seq: int) -> Micros | None:
        """When a later fire signal of the point, stored already, said that it was restored."""
        premises, gateway, epoch = stream
        where = and_(
            signals.c.premises == premises,
            signals.c.gateway == gateway,
            signals.c.name == name,
            signals.c.kind == "fire",
            signals.c.epoch == epoch,
            signals.c.seq > seq,
        )
        query = select(signals.c.edge, signals.c.happened_at).where(where).order_by(signals.c.seq.desc())
        row = self._db.execute(query.limit(1)).one_or_none()
        return int(row.happened_at) if row is not None and row.edge == Edge.RESTORED else None

    def cover(self, stream: Stream, *, floor: int, seqs: Iterable[int]) -> Receipt:
        """Count *seqs* as stored, and give the receipt for it."""
        premises, gateway, epoch = stream
        key = and_(
            coverage.c.premises == premises, coverage.c.gateway == gateway, coverage.c.epoch == epoch
        )
        query = select(coverage.c.through, coverage.c.above).where(key)
        row = self._db.execute(query).one_or_none()
        covered = Coverage(row.through, json.loads(row.above)) if row else Coverage()
        before = (covered.through, covered.above) if row else None
        covered.raise_floor(floor)
        for seq in seqs:
            covered.add(seq)
        values = {"through": covered.through, "above": json.dumps(covered.above)}
        if row is None:
            names = {"premises": premises, "gateway": gateway, "epoch": epoch}
            self._db.execute(insert(coverage).values(**names, **values))
        elif before != (covered.through, covered.above):
            self._db.execute(update(coverage).where(key).values(**values))
        above = covered.above[:MAX_ABOVE]
        return Receipt(v=VERSION, epoch=epoch, through=covered.through, above=above)

    # -- incidents

    def open_incidents(self, premises: Iterable[str] | None = None) -> dict[str, Incident]:
        """The open incidents by premises; of all premises, or only of those named."""
        found: dict[str, Incident] = {}
        query = select(incidents.c.premises, incidents.c.state).where(
            incidents.c.phase != Phase.CLOSED.value
        )
        if premises is None:
            rows = self._db.execute(query)
            return {row.premises: _incident_decoder.decode(row.state) for row in rows}
        for some in _chunks(sorted(premises), 1_000):
            rows = self._db.execute(query.where(incidents.c.premises.in_(some)).with_for_update())
            found |= {row.premises: _incident_decoder.decode(row.state) for row in rows}
        return found

    def incident(self, number: str) -> Incident | None:
        """The incident called *number*."""
        query = select(incidents.c.state).where(incidents.c.id == number).with_for_update()
        state = self._db.scalar(query)
        return None if state is None else _incident_decoder.decode(state)

    def list_incidents(self, *, which: str, limit: int) -> list[Incident]:
        """Up to *limit* incidents, newest first; *which* is ``open``, ``closed`` or ``all``."""
        query = select(incidents.c.state).order_by(incidents.c.opened_at.desc(), incidents.c.id.desc())
        closed = incidents.c.phase == Phase.CLOSED.value
        if which != "all":
            query = query.where(closed if which == "closed" else ~closed)
        return [_incident_decoder.decode(row.state) for row in self._db.execute(query.limit(limit))]

    def add_incident(self, incident: Incident) -> None:
        """Store *incident*, which is new."""
        names = {"id": incident.id, "premises": incident.site.id, "opened_at": incident.opened_at}
        self._db.execute(insert(incidents).values(**names, **_changing(incident)))

    def save_incident(self, incident: Incident) -> None:
        """Store what became of *incident*."""
        changed = update(incidents).where(incidents.c.id == incident.id).values(**_changing(incident))
        self._db.execute(changed)

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
        if rows:
            self._db.execute(insert(timeline), rows)

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
        if rows:
            self._db.execute(insert(deadlines), rows)

    def _drop_deadlines(self, keys: Sequence[tuple[str, str]]) -> None:
        for some in _chunks(keys, 1_000):
            named = tuple_(deadlines.c.incident, deadlines.c.key).in_(some)
            self._db.execute(delete(deadlines).where(named))

    def take_due(self, now: Micros, *, limit: int) -> list[Due]:
        """Remove and return up to *limit* deadlines that came by *now*, earliest first."""
        query = (
            select(deadlines).where(deadlines.c.due_at <= now).order_by(deadlines.c.due_at).limit(limit)
        )
        rows = self._db.execute(query.with_for_update(skip_locked=True)).all()
        self._drop_deadlines([(row.incident, row.key) for row in rows])
        return [Due(row.incident, row.key) for row in rows]

    def next_deadline(self) -> Micros | None:
        """When the earliest deadline comes."""
        due: Micros | None = self._db.scalar(select(func.min(deadlines.c.due_at)))
        return due

    # -- deliveries

    def add_delivery(self, deliver: Deliver) -> None:
        """Queue *deliver*; a spread takes the place of one that the destination still waits for."""
        if deliver.told is Told.SPREAD:
            self._replace_spread(deliver)
        row = {
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
        self._db.execute(insert(deliveries).values(**row))

    def _replace_spread(self, deliver: Deliver) -> None:
        earlier = and_(
            deliveries.c.incident == deliver.incident.id,
            deliveries.c.destination == deliver.destination,
            deliveries.c.event == Told.SPREAD.value,
            deliveries.c.state == WAITING,
        )
        done = {"state": REPLACED, "done_at": deliver.at}
        self._db.execute(update(deliveries).where(earlier).values(**done))

    def waiting_destinations(self) -> list[str]:
        """The destinations for which something waits."""
        query = select(deliveries.c.destination).where(deliveries.c.state == WAITING).distinct()
        return [row.destination for row in self._db.execute(query)]

    def begin_attempt(self, destination: str, now: Micros) -> Waiting | None:
        """Record that the next delivery to *destination* is about to be attempted."""
        ready = and_(
            deliveries.c.state == WAITING,
            deliveries.c.destination == destination,
            deliveries.c.next_at <= now,
        )
        query = select(deliveries).where(ready).order_by(deliveries.c.rank, deliveries.c.number).limit(1)
        row = self._db.execute(query.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        number = row.attempts + 1
        self._db.execute(update(deliveries).where(deliveries.c.id == row.id).values(attempts=number))
        self._db.execute(insert(attempts).values(delivery=row.id, attempt=number, began_at=now))
        return Waiting(row.id, row.incident, row.destination, row.event, number, row.body)

    def end_attempt(self, done: Waiting, *, result: str, now: Micros) -> None:
        """Record how an attempt ended."""
        key = and_(attempts.c.delivery == done.id, attempts.c.attempt == done.attempt)
        self._db.execute(update(attempts).where(key).values(ended_at=now, result=result))

    def delivered(self, done: Waiting, now: Micros) -> None:
        """The destination has it; whatever else waits for it may be tried at once."""
        state = {"state": DELIVERED, "done_at": now}
        self._db.execute(update(deliveries).where(deliveries.c.id == done.id).values(**state))
        rest = and_(deliveries.c.destination == done.destination, deliveries.c.state == WAITING)
        self._db.execute(update(deliveries).where(rest, deliveries.c.next_at > now).values(next_at=now))

    def postpone(self, failed: Waiting, until: Micros) -> None:
        """Try this delivery again at *until*."""
        self._db.execute(update(deliveries).where(deliveries.c.id == failed.id).values(next_at=until))

    def postpone_all(self, destination: str, until: Micros) -> None:
        """The destination cannot be reached: try all that waits for it again at *until*."""
        rest = and_(deliveries.c.destination == destination, deliveries.c.state == WAITING)
        self._db.execute(update(deliveries).where(rest).values(next_at=until))

    def hurry_all(self, now: Micros) -> None:
        """Try all that waits at once: a restart may have been the remedy."""
        self._db.execute(update(deliveries).where(deliveries.c.state == WAITING).values(next_at=now))

    def next_attempt(self, destination: str) -> Micros | None:
        """When something for *destination* is to be tried next."""
        waiting = and_(deliveries.c.state == WAITING, deliveries.c.destination == destination)
        due: Micros | None = self._db.scalar(select(func.min(deliveries.c.next_at)).where(waiting))
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

    # -- housekeeping

    def forget(self, before: Micros) -> int:
        """Drop the timelines of what was closed *before*, and the premises' log; returns how much."""
        closed = select(incidents.c.id).where(incidents.c.closed_at < before)
        old = and_(
            timeline.c.at < before, or_(timeline.c.incident.is_(None), timeline.c.incident.in_(closed))
        )
        return self._db.execute(delete(timeline).where(old)).rowcount


def _changing(incident: Incident) -> dict[str, Any]:
    return {
        "phase": incident.phase.value,
        "closed_at": incident.closed_at,
        "state": _encode(incident).decode(),
    }


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "data": json.loads(row["data"])}


def _chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
