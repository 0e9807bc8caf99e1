"""The chain in the database: rows that wait for it, its last block, and the next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from audit.domain.block import (
    BEFORE_ALL,
    ChainHead,
    Damage,
    NewBlock,
    block_after_damage,
    damage_of,
    damage_since,
    next_block,
)
from audit.sources import RowLine, read_rows
from audit.tables import audit_blocks, audit_unsealed
from contract.times import Micros

ROWS_OF_A_BLOCK = 500
"""Rows in one block at the most: some 5 ms of work, beside which alarms go on."""

_LOCK = 0x746F_6373_6175
"""A number that no other program locks in the same database: "tocsau"."""

LARGEST = 2**62
"""Beyond the numbers of blocks: one that somebody else put there is no head, and the check finds it."""

_LAST = (
    select(audit_blocks)
    .where(audit_blocks.c.number.between(1, LARGEST))
    .order_by(audit_blocks.c.number.desc())
    .limit(1)
)


class TakenByAnother(Exception):
    """Another process has sealed some of the rows meanwhile."""


@dataclass(frozen=True, slots=True)
class Unsealed:
    """Rows that are stored and wait for the chain, with the *numbers* under which they wait."""

    numbers: Sequence[int]
    rows: Sequence[RowLine]


@dataclass(frozen=True, slots=True)
class Sealed:
    """The *block* that was added; *damage* is why it begins the chain anew, if it does."""

    block: NewBlock
    rows: int
    damage: Damage | None = None


def unsealed(connection: Connection, *, most: int = ROWS_OF_A_BLOCK) -> Unsealed:
    """Return the *most* rows that have waited longest for the chain."""
    query = select(audit_unsealed).order_by(audit_unsealed.c.id).limit(most)
    found = connection.execute(query).all()
    rows = read_rows(connection, [(str(row.source), str(row.key)) for row in found])
    return Unsealed([row.id for row in found], rows)


def waiting(connection: Connection) -> int:
    """Return how many rows wait for the chain."""
    return int(connection.scalar(select(func.count()).select_from(audit_unsealed)) or 0)


def seal(
    connection: Connection, taken: Unsealed, *, at: Micros, known: ChainHead = BEFORE_ALL
) -> Sealed:
    """Add a block of the rows *taken*, within a transaction that writes.

    The chain must lead on from the head *known*; else it begins anew, and the block says so. Raises
    TakenByAnother, upon which the transaction must not be committed.
    """
    _lock(connection)
    gone = delete(audit_unsealed).where(audit_unsealed.c.id.in_(taken.numbers))
    if connection.execute(gone).rowcount != len(taken.numbers):
        raise TakenByAnother
    rows = [each.sealed for each in taken.rows]
    head, damage = _head(connection, known)
    block = next_block(head, rows, at=at) if damage is None else block_after_damage(damage, rows, at=at)
    row = {"number": block.number, "at": at, "body": block.line, "hash": block.hash}
    connection.execute(insert(audit_blocks).values(row))
    return Sealed(block, len(rows), damage)


def head_of(connection: Connection) -> ChainHead:
    """Return the last block as it is stored."""
    row = connection.execute(_LAST).first()
    return BEFORE_ALL if row is None else ChainHead(row.number, str(row.hash))


def hash_at(connection: Connection, number: int) -> str | None:
    """Return the stored hash of the block *number*."""
    query = select(audit_blocks.c.hash).where(audit_blocks.c.number == number)
    found = connection.scalar(query)
    return None if found is None else str(found)


def _head(connection: Connection, known: ChainHead) -> tuple[ChainHead, Damage | None]:
    row: Any = connection.execute(_LAST).first()
    head = BEFORE_ALL if row is None else ChainHead(row.number, str(row.hash))
    damage = damage_since(head, known, hash_at(connection, known.number))
    if damage is None and row is not None:
        damage = damage_of(row.number, str(row.body), str(row.hash))
    return head, damage


def _lock(connection: Connection) -> None:
    """Let nobody else add a block meanwhile; a transaction of SQLite that writes is alone."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
