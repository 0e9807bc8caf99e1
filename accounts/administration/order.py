"""The order of an administrator, and what it cannot be carried out for."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.times import Micros, to_micros
from registry.model.local_time import local_day

Transaction = Connection
"""One transaction on the center's database."""


class CannotChange(ValueError):
    """The change was not made; the text names the thing, the fault and the remedy."""


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """The administrator *by* whom a change is ordered, at a moment of the day *day*."""

    by: str
    at: Micros
    day: date

    def record(self, connection: Connection, about: str, change: str, **detail: str) -> None:
        """Add the *change* to the audit."""
        entry = AuditEntry(self.at, AuditKind.ACCOUNT, self.by, about, {"change": change, **detail})
        append(connection, [entry])


def order_of(by: str, now: datetime) -> ChangeOrder:
    """Return an order of *by*, at *now*."""
    return ChangeOrder(by, to_micros(now), local_day(now))
