"""Signals that are set aside in the transaction that stores the others, until a file has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from alerting.store import statements
from contract.ids import GatewayKey
from contract.times import Micros
from runtime.prepared import DriverConnection

MOST_OF_GATEWAY = 4 * 1_048_576
"""Bytes of one gateway that wait for the file; several of the largest messages."""

MOST_OF_ALL = 64 * 1_048_576
"""Bytes of all gateways that wait for it."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Bad signals of one arrival of *key*, together; *number* is their row."""

    key: GatewayKey
    payload: bytes
    reason: str
    detail: str
    received_at: Micros
    number: int = 0


class SetAsideSignals:
    """The signals that wait for the quarantine, within one transaction on *connection*."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection

    def keep(self, one: SetAside) -> bool:
        """Keep *one*; False if there is no room for it, neither of its gateway nor of all."""
        names = dict(zip(("premises_", "gateway_"), one.key, strict=True))
        digest = sha256(one.payload).hexdigest()
        if self._db.scalar(statements.IS_SET_ASIDE, {**names, "digest_": digest}) is not None:
            return True
        size = len(one.payload)
        of_gateway = int(self._db.scalar(statements.SIZE_SET_ASIDE_OF, names) or 0)
        of_all = int(self._db.scalar(statements.SIZE_SET_ASIDE, {}) or 0)
        if of_gateway + size > MOST_OF_GATEWAY or of_all + size > MOST_OF_ALL:
            return False
        self._db.execute(statements.SET_ASIDE, _row(one, digest))
        return True

    def first(self, most: int) -> list[SetAside]:
        """Return the *most* that were set aside first."""
        rows = self._db.execute(statements.FIRST_SET_ASIDE, {"most_": most})
        return [_set_aside(row) for row in rows]

    def drop(self, numbers: Sequence[int]) -> None:
        """Drop the rows of these *numbers*: a file has them."""
        self._db.execute(statements.DROP_SET_ASIDE, {"ids_": list(numbers)})


def _row(one: SetAside, digest: str) -> dict[str, Any]:
    return {
        "premises": one.key.premises,
        "gateway": one.key.gateway,
        "digest": digest,
        "received_at": one.received_at,
        "reason": one.reason,
        "detail": one.detail,
        "size": len(one.payload),
        "payload": one.payload,
    }


def _set_aside(row: Any) -> SetAside:
    return SetAside(
        GatewayKey(row.premises, row.gateway),
        bytes(row.payload),
        row.reason,
        row.detail,
        row.received_at,
        row.id,
    )
