"""The lines of an export: blocks of a period, their rows, signed heads, and a signed end."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import Connection, func, select

from audit.center_key import CenterKey
from audit.chain import hash_at
from audit.heads import SignedHead, heads_between
from audit.sources import RowLine, read_rows
from audit.tables import audit_blocks, audit_forgotten
from audit.verify import NO_HASH, Block, SealedRow, end_message, line_of, read_block
from contract.times import Micros
from runtime.database import Database

Progress = Callable[[int, int], None]
"""Told so many blocks of so many."""


@dataclass(frozen=True, slots=True)
class ExportPeriod:
    """The blocks that were added from *since* on and before *until*."""

    since: Micros
    until: Micros


class NothingToExport(Exception):
    """No block was added in the period."""


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks from *first* to *last*."""

    first: int
    last: int


def export_lines(
    connection: Connection, key: CenterKey, period: ExportPeriod, *, now: Micros, progress: Progress
) -> Iterator[str]:
    """Yield the lines of the export of *period*, within a transaction that reads.

    Raises NothingToExport.
    """
    blocks = _blocks_of(connection, period)
    digest = hashlib.sha256()
    end: dict[str, Any] = {}
    for line in _content(connection, key, blocks, now=now, progress=progress, end=end):
        digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
        yield line
    end |= {"at": now, "since": period.since, "until": period.until, "digest": digest.hexdigest()}
    yield line_of({"end": end, "signature": key.sign(end_message(end))})


async def write_export(
    database: Database,
    key: CenterKey,
    period: ExportPeriod,
    output: IO[bytes],
    *,
    now: Micros,
    progress: Progress,
) -> None:
    """Write the export of *period* to *output*, from a single state of *database*."""

    def write(connection: Connection) -> None:
        for line in export_lines(connection, key, period, now=now, progress=progress):
            output.write(line.encode("utf-8", "surrogatepass") + b"\n")

    await database.read(write)


def _blocks_of(connection: Connection, period: ExportPeriod) -> _Blocks:
    query = select(func.min(audit_blocks.c.number), func.max(audit_blocks.c.number)).where(
        audit_blocks.c.at >= period.since, audit_blocks.c.at < period.until
    )
    first, last = connection.execute(query).one()
    if first is None:
        raise NothingToExport("no block of the audit chain was added in this period")
    return _Blocks(first, last)


def _content(
    connection: Connection,
    key: CenterKey,
    blocks: _Blocks,
    *,
    now: Micros,
    progress: Progress,
    end: dict[str, Any],
) -> Iterator[str]:
    yield _beginning(connection, key, blocks, now)
    yield from _records_of_deletions(connection, blocks)
    heads = {each.head.number: each for each in heads_between(connection, blocks.first, blocks.last)}
    rows = 0
    for body in _bodies(connection, blocks):
        block = read_block(body)
        yield body
        yield from _rows(connection, block)
        yield from _head(heads, key, block)
        rows += len(block.rows)
        progress(block.number - blocks.first + 1, blocks.last - blocks.first + 1)
        end |= {"number": block.number, "hash": block.hash, "rows": rows}


def _beginning(connection: Connection, key: CenterKey, blocks: _Blocks, now: Micros) -> str:
    previous = hash_at(connection, blocks.first - 1) or NO_HASH
    said = {"version": 1, "at": now, "key": key.public.hex(), "first": blocks.first}
    return line_of({"export": {**said, "previous": previous}})


def _records_of_deletions(connection: Connection, blocks: _Blocks) -> Iterator[str]:
    """Yield what was deleted by the rule; also of records whose blocks are not in the export."""
    for row in connection.execute(select(audit_forgotten).order_by(audit_forgotten.c.id)):
        yield line_of({"forgotten": dict(row._mapping)})


def _bodies(connection: Connection, blocks: _Blocks) -> Iterator[str]:
    numbers = audit_blocks.c.number.between(blocks.first, blocks.last)
    query = select(audit_blocks.c.body).where(numbers).order_by(audit_blocks.c.number)
    for row in connection.execution_options(yield_per=50).execute(query):
        yield row.body


def _rows(connection: Connection, block: Block) -> Iterator[str]:
    wanted = [(each.source, each.key) for each in block.rows]
    for each, sealed in zip(read_rows(connection, wanted), block.rows, strict=True):
        yield _row(each, sealed)


def _row(row: RowLine, sealed: SealedRow) -> str:
    if row.line is None or sealed.hash is None:
        return line_of({"stub": [row.source, row.key]})
    return row.line


def _head(heads: dict[int, SignedHead], key: CenterKey, block: Block) -> Iterator[str]:
    signed = heads.get(block.number)
    if signed is not None and signed.key_id == key.id:
        yield signed.line
