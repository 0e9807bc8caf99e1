"""Steps of tests of the audit chain with a database: seal, export, verify, and spoil it by hand."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, create_engine

from audit.center_key import CenterKey
from audit.chain import Sealed, seal, unsealed
from audit.checking import ChainCheck, ChainFinding
from audit.domain.block import BEFORE_ALL, ChainHead, NewBlock, next_block
from audit.exporting import ExportPeriod, export_lines
from audit.heads import SignedHead, sign_head
from audit.sources import RowLine
from audit.verify import NO_HASH, ExportReport, Verifier, Wrong, end_message, hash_of, line_of
from runtime.database import Database

ALL_TIME = ExportPeriod(0, 2**62)


def a_key(seed: int = 7) -> CenterKey:
    return CenterKey(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


async def seal_all(
    database: Database, *, at: int = 5, known: ChainHead = BEFORE_ALL, most: int = 500
) -> list[Sealed]:
    """Have the chain take in all that waits."""
    made: list[Sealed] = []
    while (taken := await database.read(lambda each: unsealed(each, most=most))).rows:
        at += 1
        made.append(await database.write(lambda each: seal(each, taken, at=at, known=known)))  # noqa: B023
    return made


async def exported(database: Database, key: CenterKey, period: ExportPeriod = ALL_TIME) -> list[str]:
    def lines(connection: Connection) -> list[str]:
        return list(export_lines(connection, key, period, now=9, progress=lambda _done, _total: None))

    return await database.read(lines)


async def findings(database: Database, key: CenterKey | None = None) -> list[ChainFinding]:
    """Everything in the database that is not as the chain has it."""
    check, found = ChainCheck(None if key is None else key.public), list[ChainFinding]()
    while (some := await database.read(check.check_next)) is not None:
        found += some
    return found + await database.read(check.check_rest)


def verified(lines: Iterable[str], **options: Any) -> ExportReport:
    return Verifier(**options).verify(line.encode() + b"\n" for line in lines)


def fault_of(lines: Iterable[str], **options: Any) -> str | None:
    """The fault that the verifier names; None where it finds none."""
    try:
        verified(lines, **options)
    except Wrong as wrong:
        return wrong.fault
    return None


def spoil(url: str, *statements: str) -> None:
    """Change the database at *url* behind the program's back, as whoever has the file can."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for each in statements:
                connection.exec_driver_sql(each)
    finally:
        engine.dispose()


@contextmanager
def without_guard(url: str, table: str, trigger: str) -> Iterator[None]:
    """Take the trigger that refuses changes of *table* away within the block."""
    if url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.begin() as connection:
            query = "SELECT sql FROM sqlite_master WHERE name = ?"
            guard = connection.exec_driver_sql(query, (trigger,)).scalar_one()
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        yield
        with engine.begin() as connection:
            connection.exec_driver_sql(guard)
        engine.dispose()
        return
    spoil(url, f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    yield
    spoil(url, f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


class History:
    """A chain without a database: blocks of rows, of which some heads are signed."""

    def __init__(self, key: CenterKey) -> None:
        self.key = key
        self.head = BEFORE_ALL
        self.lines: list[str] = []
        self._rows = 0

    def add_block(self, texts: Iterable[str], *, signed: bool = False) -> NewBlock:
        lines = [self._row(text) for text in texts]
        rows = [RowLine("timeline", key, line).sealed for key, line in lines]
        block = next_block(self.head, rows, at=1_000 + self.head.number)
        self.head = block.head
        self.lines += [block.line, *(line for _, line in lines)]
        if signed:
            self.lines.append(self.signed().line)
        return block

    def _row(self, text: str) -> tuple[str, str]:
        self._rows += 1
        key = str(self._rows)
        row = {"id": self._rows, "text": text}
        return key, line_of({"source": "timeline", "key": key, "row": row})

    def signed(self) -> SignedHead:
        return sign_head(self.key, self.head, at=5)

    def exported(self) -> list[str]:
        begin = {"version": 1, "at": 9, "key": self.key.public.hex(), "first": 1, "previous": NO_HASH}
        lines = [line_of({"export": begin}), *self.lines]
        return [*lines, signed_end(lines, self.head, self.key)]


def signed_end(lines: Iterable[str], head: ChainHead, key: CenterKey) -> str:
    """The end of an export of *lines*, signed with *key*."""
    digest = hash_of("".join(f"{line}\n" for line in lines))
    end = {"number": head.number, "hash": head.hash, "at": 9, "digest": digest}
    return line_of({"end": end, "signature": key.sign(end_message(end))})
