"""Checks the database against its chain, a block at a time: what was changed behind its back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, TableClause, column, func, select, table

from audit.deletions import add_forgotten, forgotten
from audit.domain.numbers_seen import LARGEST, NumbersSeen, number_in
from audit.sources import SOURCES, read_rows
from audit.tables import audit_blocks, audit_forgotten, audit_unsealed
from audit.verify import NO_HASH, Block, Forgotten, SealedRow, Wrong, check_link, hash_of, read_block
from contract.times import Micros

NUMBERED = ("signal", "timeline", "registry", "audit", "forgotten")
"""Sources whose rows are numbered: one that is in no block is found by its number."""

IDS_AT_ONCE = 20_000
"""Numbers in one read."""


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """A row or block that is not as the center left it: its *name*, the *fault*, and both in words."""

    name: str
    fault: str
    text: str


class ChainCheck:
    """One pass over the chain; each step is one read of the database, and alarms go between.

    Rows may be missing where the holder of the *public_key* signed that they were deleted by the rule.
    """

    def __init__(self, public_key: bytes | None = None) -> None:
        self._public_key = public_key
        self.blocks = 0
        self.rows = 0
        self._number, self._hash = 0, NO_HASH
        self._numbers = {name: NumbersSeen() for name in NUMBERED}
        self._forgotten = Forgotten()
        self._forgotten_through = 0

    def check_next(self, connection: Connection) -> list[ChainFinding] | None:
        """Check the next block; return what is wrong with it, or None where there is none."""
        query = select(audit_blocks).where(audit_blocks.c.number > self._number)
        row = connection.execute(query.order_by(audit_blocks.c.number).limit(1)).first()
        if row is None:
            return None
        self._follow_deletions(connection)
        self.blocks += 1
        body = str(row.body)
        found = list(self._of_block(body, str(row.hash), row.number))
        self._number = row.number
        return found + list(self._of_rows(connection, body))

    def _of_block(self, body: str, stored_hash: str, number: int) -> Iterator[ChainFinding]:
        name = f"block {number}"
        if hash_of(body) != stored_hash:
            yield ChainFinding(name, "changed", f"{name} was changed")
        try:
            block = read_block(body)
            check_link(block, self._number, self._hash)
        except Wrong as wrong:
            yield ChainFinding(name, wrong.fault, wrong.text)
        except ValueError as error:
            yield ChainFinding(name, "changed", f"{name} cannot be read: {error}")
        self._hash = stored_hash

    def _of_rows(self, connection: Connection, body: str) -> Iterator[ChainFinding]:
        try:
            block = read_block(body)
        except ValueError:
            return
        self.rows += len(block.rows)
        lines = read_rows(connection, [(each.source, each.key) for each in block.rows])
        for sealed, line in zip(block.rows, lines, strict=True):
            if sealed.source in self._numbers and (number := number_in(sealed.key)) is not None:
                self._numbers[sealed.source].add(number)
            if (fault := self._fault_of(connection, sealed, line.sealed.hash)) is not None:
                yield _finding(sealed, fault, block)

    def _fault_of(self, connection: Connection, sealed: SealedRow, now: str | None) -> str | None:
        if now is not None:
            return None if now == sealed.hash else "changed"
        return None if self._forgets(connection, sealed) else "removed"

    def _forgets(self, connection: Connection, sealed: SealedRow) -> bool:
        if self._forgotten.has(sealed.source, sealed.key):
            return True
        self._follow_deletions(connection)  # PostgreSQL may show a deletion that came meanwhile
        return self._forgotten.has(sealed.source, sealed.key)

    def _follow_deletions(self, connection: Connection) -> None:
        newest = int(connection.scalar(select(func.max(audit_forgotten.c.id))) or 0)
        if newest != self._forgotten_through:
            since, self._forgotten_through = self._forgotten_through, newest
            add_forgotten(self._forgotten, connection, self._public_key, since=since)

    def check_rest(self, connection: Connection) -> list[ChainFinding]:
        """Check what was added meanwhile; then return the first row of each source that is in no block.

        A row moves from those that wait into a block: looked for in this order it is found in one.
        """
        candidates = {name: list(self._unseen(connection, name)) for name in NUMBERED}
        pending = {name: _pending(connection, name) for name in NUMBERED if candidates[name]}
        found: list[ChainFinding] = []
        while (some := self.check_next(connection)) is not None:
            found += some
        for name, numbers in candidates.items():
            left = (each for each in numbers if each not in self._numbers[name])
            found += [_unlisted(name, each) for each in left if each not in pending[name]][:1]
        return found

    def _unseen(self, connection: Connection, source: str) -> Iterator[int]:
        rows = table(SOURCES[source].table, column("id"))
        return (each for each in _numbers(connection, rows) if each not in self._numbers[source])


def _unlisted(source: str, number: int) -> ChainFinding:
    name = f"{source} {number}"
    return ChainFinding(name, "inserted", f"{name} is in no block of the chain")


def _pending(connection: Connection, source: str) -> frozenset[int]:
    query = select(audit_unsealed.c.key).where(audit_unsealed.c.source == source)
    numbers = (number_in(str(row.key)) for row in connection.execute(query))
    return frozenset(each for each in numbers if each is not None)


def _numbers(connection: Connection, rows: TableClause) -> Iterator[int]:
    """Yield the numbers of *rows*, some at a time; none where there is no such table."""
    last = -LARGEST
    query = select(rows.c.id).order_by(rows.c.id).limit(IDS_AT_ONCE)
    while some := connection.execute(query.where(rows.c.id > last)).all():
        yield from (row.id for row in some)
        last = some[-1].id


def _finding(sealed: SealedRow, fault: str, block: Block) -> ChainFinding:
    words = {
        "changed": f"was changed after block {block.number}",
        "removed": f"of block {block.number} is missing, and was not deleted by the rule of days",
    }
    return ChainFinding(sealed.name, fault, f"{sealed.name} {words[fault]}")


def missing_of_incident(
    connection: Connection, incident: str, *, since: Micros, until: Micros
) -> list[str]:
    """Return the names of rows of *incident* that are stored no longer, and were not deleted by rule.

    The blocks that were added from *since* to *until* are looked at.
    """
    missing: list[tuple[str, tuple[str, str]]] = []
    query = select(audit_blocks.c.body).where(
        audit_blocks.c.at.between(since, until), audit_blocks.c.body.contains(f'"{incident}')
    )
    for row in connection.execute(query.order_by(audit_blocks.c.number)):
        missing += _missing(connection, [each for each in _rows_in(row.body) if _is_of(each, incident)])
    deleted = forgotten(connection, None) if missing else None
    return [name for name, key in missing if deleted is None or not deleted.has(*key)]


def _rows_in(body: str) -> Sequence[SealedRow]:
    try:
        return read_block(body).rows
    except ValueError:  # the check of the chain reports it
        return ()


def _is_of(row: SealedRow, incident: str) -> bool:
    return incident in {row.incident, row.key} or row.key.startswith(f"{incident}/")


def _missing(connection: Connection, rows: Sequence[SealedRow]) -> list[tuple[str, tuple[str, str]]]:
    lines = read_rows(connection, [(each.source, each.key) for each in rows])
    pairs = zip(rows, lines, strict=True)
    return [(row.name, (row.source, row.key)) for row, line in pairs if line.line is None]
