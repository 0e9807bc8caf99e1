"""Remembers mappings of headings and made ids, and keeps previews until they are applied."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)

from contract.times import SECOND, Micros
from registry.sheets.changes import MadeId, UsedMapping
from registry.sheets.plan_state import RememberedNames

metadata = MetaData()

mappings = Table(
    "sheet_mappings",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("signature", String(64), primary_key=True),
    Column("headings", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("used_at", BigInteger, nullable=False),
)

ids = Table(
    "sheet_ids",
    metadata,
    Column("table_name", String(63), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("id", String(63), nullable=False),
)

previews = Table(
    "sheet_previews",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account", String(200), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("source", String(200), nullable=False),
    Column("plan", Text, nullable=False),
)

KEPT: Micros = 24 * 3_600 * SECOND
"""The time for which a preview may be applied."""

MOST_PREVIEWS = 5
"""Previews that are kept of one account: the oldest go first."""


@dataclass(frozen=True, slots=True)
class StoredPreview:
    """A preview that waits to be applied: its *plan* is what ``preview_plan`` wrote."""

    id: str
    account: str
    made_at: Micros
    based_on: int
    source: str
    plan: str


class RememberedIds(Mapping[tuple[str, str], str]):
    """The ids of rows by table and fingerprint, of which only hashes are stored."""

    def __init__(self, stored: Mapping[tuple[str, str], str]) -> None:
        self._stored = stored

    def __getitem__(self, key: tuple[str, str]) -> str:
        return self._stored[key[0], digest(key[1])]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


def remembered(connection: Connection, source: str) -> RememberedNames:
    """Return what earlier sheets of *source* left, and all made ids."""
    found = connection.execute(select(mappings).where(mappings.c.source == source))
    stored = {(table, mark): own for table, mark, own in made_ids(connection)}
    return RememberedNames(
        {row.headings: json.loads(row.fields) for row in found}, RememberedIds(stored)
    )


def made_ids(connection: Connection) -> list[tuple[str, str, str]]:
    """Return all made ids: of which table and fingerprint each is, as they are stored."""
    return [(row.table_name, row.fingerprint, row.id) for row in connection.execute(select(ids))]


def remember(
    connection: Connection, *, used: Iterable[UsedMapping], made: Iterable[MadeId], now: Micros
) -> None:
    """Remember the mappings *used* and the ids *made* of sheets that were imported."""
    for each in used:
        key = digest(each.signature)
        same = mappings.c.source == each.source, mappings.c.signature == key
        connection.execute(delete(mappings).where(*same))
        row = {"source": each.source, "signature": key, "headings": each.signature, "used_at": now}
        connection.execute(insert(mappings).values(**row, fields=json.dumps(dict(each.fields))))
    rows = {(each.table, digest(each.fingerprint)): each.id for each in made}
    there = {(row.table_name, row.fingerprint) for row in connection.execute(select(ids))}
    new = [
        {"table_name": table, "fingerprint": mark, "id": own}
        for (table, mark), own in rows.items()
        if (table, mark) not in there
    ]
    if new:
        connection.execute(insert(ids), new)


def keep_preview(connection: Connection, preview: StoredPreview) -> None:
    """Keep *preview*; those that are over, and the oldest beyond the bound of its account, go."""
    connection.execute(delete(previews).where(previews.c.made_at < preview.made_at - KEPT))
    own = select(previews.c.id).where(previews.c.account == preview.account)
    old = connection.execute(own.order_by(previews.c.made_at.desc()).offset(MOST_PREVIEWS - 1)).scalars()
    connection.execute(delete(previews).where(previews.c.id.in_(list(old))))
    connection.execute(
        insert(previews).values(
            id=preview.id,
            account=preview.account,
            made_at=preview.made_at,
            based_on=preview.based_on,
            source=preview.source,
            plan=preview.plan,
        )
    )


def kept_preview(connection: Connection, own: str, account: str, now: Micros) -> StoredPreview | None:
    """Return the preview *own* of *account*; None where there is none, or its time is over."""
    query = select(previews).where(previews.c.id == own, previews.c.account == account)
    row = connection.execute(query).one_or_none()
    if row is None or row.made_at < now - KEPT:
        return None
    return StoredPreview(row.id, row.account, row.made_at, row.based_on, row.source, row.plan)


def drop_preview(connection: Connection, own: str) -> None:
    """Forget the preview *own*."""
    connection.execute(delete(previews).where(previews.c.id == own))


def digest(text: str) -> str:
    """Return the SHA-256 of *text* in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
