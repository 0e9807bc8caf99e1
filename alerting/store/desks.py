"""The duty desks and the last sign of a person at each, within one transaction."""

from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from alerting.domain.model.desk import DeskScope, DutyDesk
from alerting.store.tables import desks
from contract.http.desks import PersonSign
from contract.times import Micros
from runtime.prepared import DriverConnection, Prepared

_ALL = Prepared(select(desks))
_ADD = Prepared(insert(desks))
_CHANGE = Prepared(update(desks).where(desks.c.id == bindparam("id_")))
_FORGET = Prepared(delete(desks).where(desks.c.reported_at < bindparam("before_")))
_scope = msgspec.json.Decoder(DeskScope).decode


class DeskRows:
    """The rows of desks on *connection*."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection

    def all(self) -> list[DutyDesk]:
        """Return all desks, by their ids."""
        return sorted(map(_desk, self._db.execute(_ALL)), key=lambda each: each.id)

    def put(self, desk: DutyDesk) -> None:
        """Keep *desk* as it is now."""
        row = _row(desk)
        if self._db.execute(_CHANGE, {"id_": desk.id, **row}).rowcount == 0:
            self._db.execute(_ADD, [{"id": desk.id, **row}])

    def forget(self, before: Micros) -> None:
        """Forget desks of which nothing was reported since *before*."""
        self._db.execute(_FORGET, {"before_": before})


def _row(desk: DutyDesk) -> dict[str, Any]:
    return {
        "account": desk.account,
        "name": desk.name,
        "scope": msgspec.json.encode(desk.scope).decode(),
        "since": desk.since,
        "sign": desk.sign.value,
        "sign_at": desk.sign_at,
        "reported_at": desk.reported_at,
        "hidden": desk.hidden,
        "asleep": desk.asleep,
        "sound_at": desk.sound_at,
    }


def _desk(row: Any) -> DutyDesk:
    return DutyDesk(
        id=row.id,
        account=row.account,
        name=row.name,
        scope=_scope(row.scope),
        since=row.since,
        sign=PersonSign(row.sign),
        sign_at=row.sign_at,
        reported_at=row.reported_at,
        hidden=bool(row.hidden),
        asleep=bool(row.asleep),
        sound_at=row.sound_at,
    )
