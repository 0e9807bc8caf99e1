"""Numbers seen of each gateway: what the ledger counts. No receipt is made of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from alerting.store import statements
from alerting.store.statements import chunks
from contract.coverage import Coverage
from contract.ids import StreamKey
from contract.ledger import EpochCount
from contract.times import Micros
from runtime.prepared import MOST_KEYS, DriverConnection
from runtime.sender_log import SenderLog

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)

MOST_EPOCHS = 32
"""Epochs of one gateway that are accounted for; beyond it those go of which the least was seen."""


@dataclass(slots=True)
class ArrivalCount:
    """The arrivals of one stream in one transaction.

    *messages* are the numbers that each made durable, with its floor; *quarantined* of these were set
    aside, *duplicates* were stored before.
    """

    messages: list[tuple[set[int], int]] = field(default_factory=list)
    quarantined: int = 0
    duplicates: int = 0
    heard_at: Micros = 0


class Coverages:
    """The coverage of each stream, within one transaction on *connection*."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection

    def count_arrivals(self, came: Mapping[StreamKey, ArrivalCount]) -> None:
        """Count what *came* of each stream."""
        known, new, changed = self._rows(list(came)), dict[StreamKey, Any](), list[dict[str, Any]]()
        for stream, each in came.items():
            row = known.get(stream)
            seen = Coverage() if row is None else _coverage(row)
            for numbers, floor in each.messages:
                if doubted := seen.note_message(numbers, floor):
                    log_of_senders.warning(
                        "sequence number rejected as implausible",
                        sender=stream.gateway_key,
                        stream=stream,
                        seen=doubted,
                    )
            values = _values(seen, each, row)
            if row is not None:
                changed.append({**of_stream(stream), **values})
            elif seen.highest:  # an epoch of which nothing is stored is only a word
                new[stream] = dict(zip(("premises", "gateway", "epoch"), stream, strict=True)) | values
        if new:
            self._make_room(new)
            self._db.execute(statements.ADD_COVERED, list(new.values()))
        if changed:
            self._db.execute(statements.CHANGE_COVERED, changed)

    def lacks(self, stream: StreamKey, last: int) -> int:
        """Return how many numbers up to *last* are neither here nor let go by the gateway."""
        row = self._rows([stream]).get(stream)
        return last if row is None else _coverage(row).count_missing(last)

    def streams_heard_since(self, since: Micros) -> list[StreamKey]:
        """Return all streams that were heard *since*."""
        rows = self._db.execute(statements.COVERED_SINCE, {"since_": since})
        return [_stream(row) for row in rows]

    def forget(self, before: Micros) -> int:
        """Drop the account of epochs that were not heard since *before*; returns how many."""
        return self._db.execute(statements.DROP_COVERED_BEFORE, {"before_": before}).rowcount

    def counted(self) -> dict[StreamKey, EpochCount]:
        """Return the account of every stream."""
        held = {StreamKey(*row[:3]): (row[3], row[4]) for row in self._db.execute(statements.HELD_OF)}
        found: dict[StreamKey, EpochCount] = {}
        for row in self._db.execute(statements.ALL_COVERED).all():
            stream = _stream(row)
            stored, last = held.get(stream, (0, 0))
            if last > (highest := _coverage(row).highest):  # a number that is not believed
                above = {**of_stream(stream), "highest_": highest}
                stored -= self._db.scalar(statements.HELD_ABOVE, above) or 0
            found[stream] = _counted(row, stored)
        return found

    def _make_room(self, new: dict[StreamKey, Any]) -> None:
        """Keep to the bound for each gateway; nothing but the account of the epochs that go is lost."""
        for key in {stream.gateway_key for stream in new}:
            names = dict(zip(("premises_", "gateway_"), key, strict=True))
            there = [(row.epoch, row) for row in self._db.execute(statements.COVERED_OF, names)]
            size = {epoch: _coverage(row).count_seen(2**53) for epoch, row in there}
            mine = [stream for stream in new if stream.gateway_key == key]
            for stream in mine[MOST_EPOCHS:]:
                del new[stream]
            most = max(0, MOST_EPOCHS - len(mine))
            for epoch in sorted(size, key=size.__getitem__, reverse=True)[most:]:
                self._db.execute(statements.DROP_COVERED, {**names, "epoch_": epoch})

    def _rows(self, streams: Sequence[StreamKey]) -> dict[StreamKey, Any]:
        found: dict[StreamKey, Any] = {}
        for some in chunks(streams, MOST_KEYS):
            for row in self._db.execute(statements.COVERED, {"keys_": some}):
                found[_stream(row)] = row
        return found


def _stream(row: Any) -> StreamKey:
    return StreamKey(row.premises, row.gateway, row.epoch)


def of_stream(stream: StreamKey) -> dict[str, str]:
    """Return the parameters of a statement about *stream*."""
    return dict(zip(("premises_", "gateway_", "epoch_"), stream, strict=True))


def _coverage(row: Any) -> Coverage:
    return Coverage(json.loads(row.seen), row.floor)


def _counted(row: Any, stored: int) -> EpochCount:
    return EpochCount(
        coverage=_coverage(row),
        stored=stored,
        quarantined=row.quarantined,
        duplicated=row.duplicates,
        heard_at=row.heard_at,
    )


def _values(seen: Coverage, came: ArrivalCount, row: Any) -> dict[str, Any]:
    return {
        "seen": json.dumps(seen.ranges),
        "floor": seen.floor,
        "quarantined": came.quarantined + (0 if row is None else row.quarantined),
        "duplicates": came.duplicates + (0 if row is None else row.duplicates),
        "heard_at": max(came.heard_at, 0 if row is None else row.heard_at),
    }
