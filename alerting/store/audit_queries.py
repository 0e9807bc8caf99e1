"""Reads the ledger for the auditor, by statements of its own.

It shares nothing with the statements that queue and send notifications: a mistake there must not be made
here a second time (docs/adr/0012).
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, text

from contract.times import Micros

BEGINNINGS = text(
    "SELECT t.incident, t.premises, t.at, t.event, i.opened_at FROM timeline t "
    "JOIN incidents i ON i.id = t.incident "
    # A training notifies nobody: its part begins with two of these (docs/protocol.md, 8).
    "WHERE t.event IN ('confirmed', 'reopened') AND t.at > :since AND t.at <= :until "
    "AND i.part NOT LIKE '~~%'"
)
_INCIDENTS: BindParameter[Any] = bindparam("incidents", expanding=True)
_ENDINGS = text(
    "SELECT incident, at FROM timeline WHERE incident IN :incidents "
    "AND event IN ('acknowledged', 'dispatched', 'closed')"
).bindparams(_INCIDENTS)
_DELIVERIES = text(
    "SELECT d.incident, d.destination, d.recipient_group, d.created_at, a.began_at FROM deliveries d "
    # The delivery that others were merged into tells what they would have.
    "LEFT JOIN attempts a ON (a.delivery = d.id OR a.delivery = d.merged_into) "
    "AND a.began_at >= d.created_at "
    "WHERE d.incident IN :incidents AND d.event IN ('confirmed', 'escalated', 'reopened')"
).bindparams(_INCIDENTS)
_EARLY = text(
    "SELECT incident, at, data FROM timeline WHERE incident IN :incidents "
    "AND event = 'escalated' AND reason = 'desk_unattended'"
).bindparams(_INCIDENTS)
_NEWEST = text("SELECT id, at FROM timeline ORDER BY id DESC LIMIT 1")
_VERSION = text("SELECT id FROM registry_versions WHERE at <= :at ORDER BY id DESC LIMIT 1")
_REGISTRY = text("SELECT document FROM registry_versions WHERE id = :id")
_PARTS = text("SELECT premises FROM registry_parts WHERE version = :version ORDER BY number")
_PART = text("SELECT content FROM registry_parts WHERE version = :version AND number = :number")

_RECORDS = text("SELECT records FROM registry_versions WHERE id = :id")
_SHARED = text(
    "SELECT kind, content FROM registry_records "
    "WHERE kind IN ('policies', 'areas', 'successions', 'rosters') "
    "AND since_version <= :version AND (until_version IS NULL OR until_version > :version)"
)
_PREMISES = text(
    "SELECT content FROM registry_records WHERE name = :name AND kind = 'premises' "
    "AND since_version <= :version AND (until_version IS NULL OR until_version > :version)"
)


class Beginning(NamedTuple):
    """A moment *at* which the escalation of a fire began, by its *event*."""

    incident: str
    premises: str
    at: Micros
    event: str
    opened_at: Micros


class AuditedDelivery(NamedTuple):
    """A delivery that was queued, and when one of its attempts began; None where none has."""

    contact: str
    recipient_group: str
    queued_at: Micros
    began_at: Micros | None


class EarlyStage(NamedTuple):
    """A stage that notified *contacts* at *at*, before it was *planned*: no person was at a desk."""

    at: Micros
    planned: Micros
    contacts: frozenset[str]


class EntryTime(NamedTuple):
    """The number of an entry of the timeline, and when it was made."""

    id: int
    at: Micros


class AuditQueries:
    """The auditor's view of the ledger, within one transaction on *connection*."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def newest_entry(self) -> EntryTime | None:
        """Return the newest entry of the timeline."""
        row = self._db.execute(_NEWEST).first()
        return None if row is None else EntryTime(row.id, row.at)

    def beginnings(self, since: Micros, until: Micros) -> list[Beginning]:
        """Return the beginnings of escalations after *since* and by *until*."""
        rows = self._db.execute(BEGINNINGS, {"since": since, "until": until})
        return [Beginning(*row) for row in rows]

    def endings(self, incidents: Collection[str]) -> dict[str, list[Micros]]:
        """Return when somebody took or closed each of *incidents*, every time."""
        found: dict[str, list[Micros]] = defaultdict(list)
        for row in self._db.execute(_ENDINGS, {"incidents": list(incidents)}):
            found[row.incident].append(row.at)
        return found

    def deliveries(self, incidents: Collection[str]) -> dict[str, list[AuditedDelivery]]:
        """Return the deliveries of each of *incidents* and its escalation, once for each attempt."""
        found: dict[str, list[AuditedDelivery]] = defaultdict(list)
        for incident, *delivery in self._db.execute(_DELIVERIES, {"incidents": list(incidents)}):
            found[incident].append(AuditedDelivery(*delivery))
        return found

    def early_stages(self, incidents: Collection[str]) -> dict[str, list[EarlyStage]]:
        """Return the stages of each of *incidents* that were brought forward."""
        found: dict[str, list[EarlyStage]] = defaultdict(list)
        for row in self._db.execute(_EARLY, {"incidents": list(incidents)}):
            data = json.loads(row.data)
            stage = EarlyStage(row.at, data.get("planned_for", 0), frozenset(data.get("notify", ())))
            found[row.incident].append(stage)
        return found

    def registry_version(self, at: Micros) -> int:
        """Return the number of the registry that was active *at* that moment; 0 if there was none."""
        return int(self._db.scalar(_VERSION, {"at": at}) or 0)

    def registry_document(self, version: int) -> str:
        """Return the registry of *version* as it was stored."""
        return str(self._db.scalar(_REGISTRY, {"id": version}) or "{}")

    def has_records(self, version: int) -> bool:
        """Return whether *version* is stored as records, not in parts or as a document."""
        return self._db.scalar(_RECORDS, {"id": version}) is not None

    def registry_rows(self, version: int) -> dict[str, list[bytes]]:
        """Return the rows of *version* that name recipients and belong to no premises, by table."""
        found: dict[str, list[bytes]] = defaultdict(list)
        for row in self._db.execute(_SHARED, {"version": version}):
            found[row.kind].append(zlib.decompress(row.content))
        return found

    def registry_premises(self, version: int, premises: str) -> bytes | None:
        """Return the record of *premises* in *version*; None where they are not registered."""
        content = self._db.scalar(_PREMISES, {"version": version, "name": premises})
        return None if content is None else zlib.decompress(content)

    def registry_parts(self, version: int) -> list[str]:
        """Return the first premises of each part of *version*; the first part has none, only names."""
        return [row.premises for row in self._db.execute(_PARTS, {"version": version})]

    def registry_part(self, version: int, number: int) -> list[bytes]:
        """Return the lines of a part of *version* as they were stored."""
        content = self._db.scalar(_PART, {"version": version, "number": number})
        return zlib.decompress(content or zlib.compress(b"{}")).split(b"\n")
