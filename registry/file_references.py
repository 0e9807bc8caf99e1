"""Finds every file that a center refers to: any version of the registry, any draft, any duty."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, inspect, text

from registry.domain.encoded_records import LONGEST_RECORD
from registry.domain.file_references import hashes_in

HOLDING = ("registry_", "duty_", "draft_", "drafts")
"""The beginnings of the names of tables in which a file may be named; more of them keep more files."""

ROWS_AT_ONCE = 500


def referred_files(connection: Connection) -> frozenset[str]:
    """Return the hash of every file that any row of the registry, of drafts or of duties names.

    Rows of all versions are searched as text, whatever they mean: what a later program stores is found,
    too. A number that only looks like a hash keeps a file, and loses none.
    """
    found = set[str]()
    for table in inspect(connection).get_table_names():
        if table.startswith(HOLDING):
            for document in _documents(connection, table):
                found.update(hashes_in(document))
    return frozenset(found)


def _documents(connection: Connection, table: str) -> Iterator[str]:
    columns = [
        each["name"] for each in inspect(connection).get_columns(table) if _has_text(each["type"])
    ]
    if not columns:
        return
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(each) for each in columns)
    statement = text(f"SELECT {names} FROM {quote(table)}")  # noqa: S608 (names of the database itself)
    rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement)
    for row in rows:
        yield from _texts(row)


def _has_text(kind: object) -> bool:
    name = type(kind).__name__.upper()
    return any(each in name for each in ("TEXT", "CHAR", "STRING", "BLOB", "BINARY", "BYTEA", "JSON"))


def _texts(row: Iterable[Any]) -> Iterator[str]:
    """Yield the texts of *row*, and what its packed values unpack to."""
    for value in row:
        if isinstance(value, str):
            yield f'"{value}"'
        elif isinstance(value, bytes | memoryview):
            yield _unpacked(bytes(value)).decode("utf-8", errors="replace")


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, LONGEST_RECORD)
    except zlib.error:
        return content
