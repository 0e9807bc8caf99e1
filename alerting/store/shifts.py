"""The hand-overs of shifts, within one transaction."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, insert, select, update

from alerting.store.tables import shift_hand_overs
from contract.http.shifts import OpenMatter, ShiftHandOver, ShiftSignature
from contract.times import Micros
from runtime.prepared import DriverConnection, Prepared

_LATEST = Prepared(
    select(shift_hand_overs).order_by(shift_hand_overs.c.id.desc()).limit(bindparam("limit_"))
)
_ONE = Prepared(
    select(shift_hand_overs).where(shift_hand_overs.c.id == bindparam("id_")).with_for_update()
)
_LAST_ID = Prepared(select(func.max(shift_hand_overs.c.id)))
_ADD = Prepared(insert(shift_hand_overs))
_SIGN = Prepared(update(shift_hand_overs).where(shift_hand_overs.c.id == bindparam("id_")))
_CAME = Prepared(update(shift_hand_overs).where(shift_hand_overs.c.id == bindparam("id_")))
_matters = msgspec.json.Decoder(list[OpenMatter]).decode
_areas = msgspec.json.Decoder(list[str] | None).decode


class StoredHandOver(msgspec.Struct, frozen=True):
    """A hand-over, and the *areas* that its shift watched; None for all."""

    hand_over: ShiftHandOver
    areas: Sequence[str] | None


class ShiftRows:
    """The rows of hand-overs on *connection*."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection

    def latest(self, limit: int) -> list[StoredHandOver]:
        """Return up to *limit* hand-overs, the latest first."""
        return [_stored(row) for row in self._db.execute(_LATEST, {"limit_": limit})]

    def one(self, number: int) -> StoredHandOver | None:
        """Return the hand-over *number*, locked until the end of the transaction."""
        row = self._db.execute(_ONE, {"id_": number}).one_or_none()
        return None if row is None else _stored(row)

    def add(
        self,
        given: ShiftSignature,
        matters: Sequence[OpenMatter],
        *,
        total: int,
        areas: Collection[str] | None,
    ) -> ShiftHandOver:
        """Store a hand-over that nobody has received yet."""
        number = int(self._db.scalar(_LAST_ID) or 0) + 1
        row = {
            "id": number,
            "account": given.account,
            "name": given.by,
            "at": given.at,
            "note": given.note,
            "areas": msgspec.json.encode(None if areas is None else sorted(areas)).decode(),
            "matters": msgspec.json.encode(matters).decode(),
            "total": total,
        }
        self._db.execute(_ADD, [row])
        return ShiftHandOver(id=number, given=given, matters=list(matters), total=total, received=None)

    def sign(self, number: int, received: ShiftSignature, *, came: Sequence[OpenMatter] = ()) -> None:
        """Store who received the hand-over *number*, and the matters that *came* since it was given."""
        if came and (found := self.one(number)) is not None:
            self._add_matters(found.hand_over, came)
        self._db.execute(
            _SIGN,
            {
                "id_": number,
                "received_account": received.account,
                "received_name": received.by,
                "received_at": received.at,
                "received_note": received.note,
            },
        )

    def _add_matters(self, given: ShiftHandOver, came: Sequence[OpenMatter]) -> None:
        matters = msgspec.json.encode([*given.matters, *came]).decode()
        total = given.total + len(came)
        self._db.execute(_CAME, {"id_": given.id, "matters": matters, "total": total})


def _stored(row: Any) -> StoredHandOver:
    hand_over = ShiftHandOver(
        id=row.id,
        given=ShiftSignature(account=row.account, by=row.name, at=row.at, note=row.note),
        matters=_matters(row.matters),
        total=row.total,
        received=_received(row),
    )
    return StoredHandOver(hand_over, _areas(row.areas))


def _received(row: Any) -> ShiftSignature | None:
    at: Micros | None = row.received_at
    if at is None:
        return None
    return ShiftSignature(
        account=row.received_account, by=row.received_name, at=at, note=row.received_note
    )
