"""Versions of the registry as earlier programs stored them: in compressed parts, or as one document."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import create_engine, text

from registry.domain.records import records, shared_tables
from registry.domain.signed import content_hash
from registry.model.registry import Registry

ROWS_IN_PART = 200


def store_in_parts(url: str, registry: Registry, *, number: int, who: str = "An") -> None:
    """Store *registry* as the version *number* in parts, as the program before records did."""
    parts = list(_packed(registry))
    row = {"id": number, "at": number, "who": who, "hash": "0" * 64, "document": ""}
    _run(url, _VERSION, row | {"parts": len(parts), "content": content_hash(parts)})
    for part, (first, content) in enumerate(parts):
        values = {"version": number, "number": part, "premises": first, "content": content}
        _run(url, _PART, values)


def store_as_document(url: str, registry: Registry, *, number: int, who: str = "An") -> None:
    """Store *registry* as the version *number* in one document, as the first programs did."""
    document = json.dumps(registry.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    row = {"id": number, "at": number, "who": who, "hash": "0" * 64, "document": document}
    _run(url, _VERSION, row | {"parts": 0, "content": ""})


_VERSION = (
    "INSERT INTO registry_versions (id, at, who, hash, document, parts, content_hash) "
    "VALUES (:id, :at, :who, :hash, :document, :parts, :content)"
)
_PART = (
    "INSERT INTO registry_parts (version, number, premises, content) "
    "VALUES (:version, :number, :premises, :content)"
)


def _packed(registry: Registry) -> Iterator[tuple[str, bytes]]:
    yield "", zlib.compress(shared_tables(registry).model_dump_json().encode())
    lines, first, rows = list[bytes](), "", 0
    for name, record in records(registry).items():
        first, rows = first or name, rows + record.rows
        lines.append(record.model_dump_json(exclude_none=True).encode())
        if rows >= ROWS_IN_PART:
            yield first, zlib.compress(b"\n".join(lines))
            lines, first, rows = [], "", 0
    if lines:
        yield first, zlib.compress(b"\n".join(lines))


def _run(url: str, statement: str, values: dict[str, Any]) -> None:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), values)
    finally:
        engine.dispose()
