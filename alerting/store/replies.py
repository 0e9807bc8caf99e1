"""Replies of people to short messages, as they came and what became of them."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    or_,
    select,
)

from alerting.domain.answers.judging import ReplyFate
from alerting.domain.model.incident import IncidentKind
from alerting.store.tables import deliveries, incidents
from contract.ids import IncidentId
from contract.times import Micros
from registry.model.contacts import ChannelKind
from runtime.prepared import DriverConnection

_metadata = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")

replies = Table(
    "replies",
    _metadata,
    Column("id", _Number, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("sender", String(40), nullable=False),
    Column("number", String(24), nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", BigInteger),
    Column("received_at", BigInteger, nullable=False),
    Column("fate", String(24), nullable=False),
    Column("answer", String(24)),
    Column("contact", String(63)),
    Column("incident", String(40)),
    Column("premises", String(63)),
    Column("helped_at", BigInteger),
)

reply_parts = Table(
    "reply_parts",
    _metadata,
    Column("digest", String(64), primary_key=True),
    Column("sender", String(40), nullable=False),
    Column("reference", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", BigInteger),
    Column("received_at", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """A reply of *sender*, whose number is *number* with its country, and its *fate*."""

    digest: str
    sender: str
    number: str
    text: str
    sent_at: Micros | None
    received_at: Micros
    fate: str
    answer: str | None = None
    contact: str | None = None
    incident: str | None = None
    premises: str | None = None
    helped_at: Micros | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One *part* of *total* of a long reply."""

    digest: str
    sender: str
    reference: int
    total: int
    part: int
    text: str
    sent_at: Micros | None
    received_at: Micros


@dataclass(frozen=True, slots=True)
class NotifiedRow:
    """A fire that *contact* was notified of by a channel, the last time *at* a moment."""

    incident: IncidentId
    premises: str
    contact: str
    at: Micros
    is_open: bool


_SET_ASIDE = replies.c.fate != ReplyFate.APPLIED.value


class ReplyRows:
    """The rows of replies, within one transaction on *connection*."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection

    def is_known(self, digest: str) -> bool:
        """Return whether this message is stored, as a reply or as a part."""
        for table in (replies, reply_parts):
            if self._db.scalar(select(table.c.digest).where(table.c.digest == digest)) is not None:
                return True
        return False

    def add(self, row: ReplyRow) -> None:
        """Store *row*."""
        self._db.execute(insert(replies).values(**asdict(row)))

    def count_of(self, number: str, since: Micros) -> int:
        """Count the replies of *number* since then."""
        return self._count(replies.c.number == number, replies.c.received_at >= since)

    def count_with(self, fate: ReplyFate, since: Micros) -> int:
        """Count the replies with *fate* since then."""
        return self._count(replies.c.fate == fate.value, replies.c.received_at >= since)

    def count_set_aside(self, since: Micros) -> int:
        """Count the replies that were not applied since then."""
        return self._count(_SET_ASIDE, replies.c.received_at >= since)

    def helped(self, since: Micros, number: str | None = None) -> int:
        """Count the helpful answers since then, to *number* or to all."""
        to = () if number is None else (replies.c.number == number,)
        return self._count(replies.c.helped_at >= since, *to)

    def _count(self, *conditions: Any) -> int:
        return int(self._db.scalar(select(func.count()).select_from(replies).where(*conditions)) or 0)

    def page(
        self, *, limit: int, before: int | None, within: Collection[str] | None, applied: bool
    ) -> Sequence[Any]:
        """Return the latest replies, the last one first; of premises *within* alone where given."""
        query = select(replies).order_by(replies.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(replies.c.id < before)
        if within is not None:
            query = query.where(replies.c.premises.in_(sorted(within)))
        return self._db.execute(query if applied else query.where(_SET_ASIDE)).all()

    # -- parts of long ones

    def add_part(self, row: PartRow) -> None:
        """Store the part *row*."""
        self._db.execute(insert(reply_parts).values(**asdict(row)))

    def parts_beside(self, row: PartRow) -> list[PartRow]:
        """Return the stored parts of the same message as *row*."""
        same = (reply_parts.c.sender == row.sender, reply_parts.c.reference == row.reference)
        query = select(reply_parts).where(*same, reply_parts.c.total == row.total)
        return [PartRow(**found._mapping) for found in self._db.execute(query)]

    def parts_before(self, moment: Micros) -> list[PartRow]:
        """Return the parts that came before *moment*, oldest first."""
        query = select(reply_parts).where(reply_parts.c.received_at < moment)
        rows = self._db.execute(query.order_by(reply_parts.c.received_at))
        return [PartRow(**found._mapping) for found in rows]

    def count_parts(self) -> int:
        """Count the parts that wait."""
        return int(self._db.scalar(select(func.count()).select_from(reply_parts)) or 0)

    def drop_parts(self, digests: Collection[str]) -> None:
        """Drop the parts with *digests*: they are a reply by now."""
        self._db.execute(delete(reply_parts).where(reply_parts.c.digest.in_(sorted(digests))))

    # -- the fires that are answered

    def notified_by(self, channel: ChannelKind, since: Micros) -> list[NotifiedRow]:
        """Return the fires that people were notified of by *channel*: open, or closed since then."""
        last = func.max(func.coalesce(deliveries.c.done_at, deliveries.c.created_at)).label("last")
        query = (
            select(incidents.c.id, incidents.c.premises, incidents.c.closed_at, deliveries.c.destination)
            .add_columns(last)
            .join(deliveries, deliveries.c.incident == incidents.c.id)
            .where(incidents.c.kind == IncidentKind.FIRE.value)
            .where(or_(incidents.c.phase != "closed", incidents.c.closed_at >= since))
            .where(deliveries.c.channel == channel.value, deliveries.c.attempts > 0)
            .group_by(
                incidents.c.id, incidents.c.premises, incidents.c.closed_at, deliveries.c.destination
            )
            .order_by(last.desc())
        )
        return [
            NotifiedRow(row.id, row.premises, row.destination, row.last, row.closed_at is None)
            for row in self._db.execute(query)
        ]

    def notified_in(self, number: int) -> NotifiedRow | None:
        """Return the fire and the person of the delivery with that *number*, at most one."""
        query = (
            select(incidents.c.id, incidents.c.premises, incidents.c.closed_at, deliveries.c.destination)
            .add_columns(deliveries.c.created_at)
            .join(incidents, deliveries.c.incident == incidents.c.id)
            .where(incidents.c.kind == IncidentKind.FIRE.value, deliveries.c.number == number)
        )
        row = self._db.execute(query).one_or_none()
        if row is None:
            return None
        return NotifiedRow(row.id, row.premises, row.destination, row.created_at, row.closed_at is None)

    def forget_before(self, moment: Micros) -> None:
        """Drop the replies from before *moment*: they hold numbers of people."""
        self._db.execute(delete(replies).where(replies.c.received_at < moment))
