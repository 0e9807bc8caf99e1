"""Records of rows that the center deleted by its rule of days: their hashes stay in the chain."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, insert, select

from audit.center_key import CenterKey, signature_holds
from audit.tables import audit_forgotten
from audit.verify import Forgotten, deletion_message
from contract.times import Micros
from runtime.prepared import DriverConnection


def record_deletions(
    connection: Connection | DriverConnection,
    keys: Mapping[str, Sequence[str]],
    *,
    before: Micros,
    at: Micros,
    key: CenterKey,
) -> None:
    """Record that the rows with *keys*, by source, go *at* a moment, since they ended *before*.

    The record is signed with *key*: whoever has the database alone cannot make one.
    """
    if any(keys.values()):
        row = {"at": at, "before": before, "rows": as_rows(keys)}
        signature = key.sign(deletion_message(row))
        connection.execute(insert(audit_forgotten), [{**row, "signature": signature}])


def forgotten(connection: Connection, public_key: bytes | None) -> Forgotten:
    """Return what the center deleted by its rule of days, as far as its *public_key* signed it.

    Signatures are not looked at where there is no key.
    """
    found = Forgotten()
    add_forgotten(found, connection, public_key, since=0)
    return found


def add_forgotten(
    found: Forgotten, connection: Connection, public_key: bytes | None, *, since: int
) -> None:
    """Add to *found* what ``forgotten`` returns, of the records after the number *since*."""
    for row in connection.execute(select(audit_forgotten).where(audit_forgotten.c.id > since)):
        record = dict(row._mapping)
        with suppress(ValueError, TypeError, AttributeError, RecursionError):  # none of the center's
            if public_key is None or _is_signed(record, public_key):
                found.add(record)


def _is_signed(record: Mapping[str, Any], public_key: bytes) -> bool:
    return signature_holds(public_key, deletion_message(dict(record)), str(record["signature"]))


def as_rows(keys: Mapping[str, Sequence[str]]) -> str:
    """Return *keys* by their source, as a record of deletions has them: numbers as ranges."""
    return json.dumps({source: _ranges(each) for source, each in keys.items() if each})


def _ranges(keys: Sequence[str]) -> list[Any]:
    if not all(key.isdigit() for key in keys):
        return sorted(keys)
    ranges: list[list[int]] = []
    for number in sorted(map(int, keys)):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges
