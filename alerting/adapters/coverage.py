"""Which numbers of each gateway are stored: what its receipts say, and what the ledger counts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from alerting.adapters import statements
from alerting.adapters.statements import chunks
from contract.coverage import Coverage
from contract.ledger import Counted
from contract.messages import MAX_ABOVE, VERSION, Receipt
from contract.times import Micros

Stream = tuple[str, str, str]
"""Premises, gateway and epoch: what numbers its signals."""


@dataclass(slots=True)
class Came:
    """What came of one stream in one transaction.

    *floor* is the lowest number that its gateway keeps, *numbers* what is durable now; *aside* of
    these were set aside, *duplicates* were stored before.
    """

    floor: int = 1
    numbers: set[int] = field(default_factory=set)
    aside: int = 0
    duplicates: int = 0
    heard_at: Micros = 0


class Coverages:
    """The coverage of each stream, within one transaction on *connection*."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def cover(self, came: Mapping[Stream, Came]) -> dict[Stream, Receipt]:
        """Count what *came* as stored, and as not needed what is below the floors; gives receipts."""
        known, receipts = self._rows(list(came)), dict[Stream, Receipt]()
        new, changed = list[dict[str, Any]](), list[dict[str, Any]]()
        for stream, each in came.items():
            row = known.get(stream)
            covered = Coverage() if row is None else _coverage(row)
            covered.raise_floor(each.floor)
            for seq in sorted(each.numbers):
                covered.add(seq, most_above=MAX_ABOVE)
            values = _values(covered, each, row)
            if row is None:
                names = dict(zip(("premises", "gateway", "epoch"), stream, strict=True))
                new.append({**names, **values, "began": each.floor - 1})
            else:
                changed.append({**stream_key(stream), **values})
            receipts[stream] = _receipt(stream, covered)
        if new:
            self._db.execute(statements.ADD_COVERED, new)
        if changed:
            self._db.execute(statements.CHANGE_COVERED, changed)
        return receipts

    def receipt(self, stream: Stream) -> Receipt:
        """What is stored of *stream*; ``through`` is 0 where nothing is."""
        row = self._rows([stream]).get(stream)
        return _receipt(stream, Coverage() if row is None else _coverage(row))

    def lacks(self, stream: Stream, last: int) -> int:
        """How many of the numbers up to *last* are neither here nor let go by the gateway."""
        row = self._rows([stream]).get(stream)
        return last if row is None else last - _coverage(row).count(last)

    def receipts(self, since: Micros) -> dict[Stream, Receipt]:
        """The receipts of all streams that were heard *since*."""
        rows = self._db.execute(statements.COVERED_SINCE, {"since_": since})
        streams = {(row.premises, row.gateway, row.epoch): row for row in rows}
        return {stream: _receipt(stream, _coverage(row)) for stream, row in streams.items()}

    def counted(self) -> dict[Stream, Counted]:
        """What was counted of every stream."""
        held = {tuple(row[:3]): (row[3], row[4]) for row in self._db.execute(statements.HELD_OF)}
        return {
            (row.premises, row.gateway, row.epoch): _counted(
                row, *held.get((row.premises, row.gateway, row.epoch), (0, 0))
            )
            for row in self._db.execute(statements.ALL_COVERED)
        }

    def _rows(self, streams: Sequence[Stream]) -> dict[Stream, Any]:
        found: dict[Stream, Any] = {}
        for some in chunks(streams, 1_000):
            for row in self._db.execute(statements.COVERED, {"keys_": some}):
                found[row.premises, row.gateway, row.epoch] = row
        return found


def stream_key(stream: Stream) -> dict[str, str]:
    """The parameters of a statement about *stream*."""
    return dict(zip(("premises_", "gateway_", "epoch_"), stream, strict=True))


def _coverage(row: Any) -> Coverage:
    return Coverage(row.through, json.loads(row.above))


def _counted(row: Any, stored: int, last: int) -> Counted:
    return Counted(
        coverage=_coverage(row),
        began=row.began,
        stored=stored,
        aside=row.aside,
        duplicated=row.duplicates,
        heard_at=row.heard_at,
        last=last,
    )


def _values(covered: Coverage, came: Came, row: Any) -> dict[str, Any]:
    return {
        "through": covered.through,
        "above": json.dumps(covered.above),
        "aside": came.aside + (0 if row is None else row.aside),
        "duplicates": came.duplicates + (0 if row is None else row.duplicates),
        "heard_at": max(came.heard_at, 0 if row is None else row.heard_at),
    }


def _receipt(stream: Stream, covered: Coverage) -> Receipt:
    above = covered.above[:MAX_ABOVE]
    return Receipt(v=VERSION, epoch=stream[2], through=covered.through, above=above)
