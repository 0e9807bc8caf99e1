"""Signed heads of the chain: in the database, and in a file beside it that only grows."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, insert, select

from audit.center_key import CenterKey
from audit.chain import head_of
from audit.domain.block import BEFORE_ALL, ChainHead
from audit.tables import audit_heads
from audit.verify import head_message, line_of
from contract.times import Micros

NAME = "audit-heads.jsonl"
"""The file in alerting's data folder."""


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The *head* of the chain as the center signed it *at* a moment, with the key *key_id*."""

    head: ChainHead
    at: Micros
    key_id: str
    signature: str

    @property
    def line(self) -> str:
        """The head as the file, a witness and an export have it."""
        head = {"number": self.head.number, "at": self.at, "hash": self.head.hash}
        return line_of({"head": head, "key_id": self.key_id, "signature": self.signature})


def sign_head(key: CenterKey, head: ChainHead, *, at: Micros) -> SignedHead:
    """Return *head*, signed with *key*."""
    return SignedHead(head, at, key.id, key.sign(head_message(head.number, at, head.hash)))


def store_head(connection: Connection, key: CenterKey, *, at: Micros) -> SignedHead | None:
    """Sign the last block and store that; None where it is signed already, or there is none."""
    head = head_of(connection)
    known = connection.scalar(select(audit_heads.c.number).where(audit_heads.c.number == head.number))
    if head == BEFORE_ALL or known is not None:
        return None
    signed = sign_head(key, head, at=at)
    row = {"number": head.number, "at": at, "hash": head.hash}
    connection.execute(
        insert(audit_heads).values(**row, key_id=signed.key_id, signature=signed.signature)
    )
    return signed


def last_signed_at(connection: Connection) -> Micros | None:
    """Return the moment at which a head was signed last; None where none ever was."""
    found: Micros | None = connection.scalar(select(func.max(audit_heads.c.at)))
    return found


def heads_between(connection: Connection, first: int, last: int) -> Iterator[SignedHead]:
    """Yield the signed heads of the blocks from *first* to *last*."""
    query = select(audit_heads).where(audit_heads.c.number.between(first, last))
    for row in connection.execute(query.order_by(audit_heads.c.number)):
        yield SignedHead(ChainHead(row.number, row.hash), row.at, row.key_id, row.signature)


def append_to_file(file: Path, signed: SignedHead) -> None:
    """Append *signed* to *file*; raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(file, flags, 0o600), "wb") as stream:
        stream.write(signed.line.encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def last_in_file(file: Path) -> ChainHead:
    """Return the head on the last whole line of *file*; BEFORE_ALL where there is none."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return BEFORE_ALL
    for line in reversed(lines):
        try:
            head = msgspec.json.decode(line)["head"]
            return ChainHead(int(head["number"]), str(head["hash"]))
        except (msgspec.DecodeError, KeyError, TypeError, ValueError):
            continue
    return BEFORE_ALL
