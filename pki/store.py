"""Reads and writes keys of gateways in one transaction of the database."""

from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Row, insert, select, update

from contract.ids import GatewayKey
from contract.times import Micros
from pki.domain.keyring import RAW_BYTES, KeyRing, PublicKey, key_ring
from pki.tables import changes, gateway_keys

log = structlog.get_logger(__name__)

_RING = select(
    gateway_keys.c.premises,
    gateway_keys.c.gateway,
    gateway_keys.c.key_id,
    gateway_keys.c.public_key,
    gateway_keys.c.not_before,
    gateway_keys.c.not_after,
    gateway_keys.c.revoked_at,
)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A certificate that was issued for a gateway: its key, and what proves it."""

    gateway: GatewayKey
    key: PublicKey
    serial: str
    issued_at: Micros
    issued_by: str
    certificate: str
    revoked_by: str | None = None
    reason: str | None = None


def change_number(connection: Connection) -> int:
    """Return a number that is another one after each change of a key."""
    return connection.scalar(select(changes.c.number)) or 0


def read_key_ring(connection: Connection) -> KeyRing:
    """Return the keys of all gateways."""
    number = change_number(connection)
    rows = connection.execute(_RING)
    return key_ring(number, ((GatewayKey(row.premises, row.gateway), _key(row)) for row in rows))


def _key(row: Row[*tuple[Any, ...]]) -> PublicKey | None:
    """Return the key of *row*, None where its digits are damaged."""
    try:
        raw = bytes.fromhex(row.public_key)
    except ValueError:
        raw = b""
    if len(raw) != RAW_BYTES:
        log.error("key of a gateway cannot be read", premises=row.premises, gateway=row.gateway)
        return None
    return PublicKey(row.key_id, raw, row.not_before, row.not_after, row.revoked_at)


def add_key(connection: Connection, issued: IssuedKey) -> None:
    """Store the certificate *issued*."""
    connection.execute(
        insert(gateway_keys).values(
            serial=issued.serial,
            premises=issued.gateway.premises,
            gateway=issued.gateway.gateway,
            key_id=issued.key.key_id,
            public_key=issued.key.raw.hex(),
            not_before=issued.key.not_before,
            not_after=issued.key.not_after,
            issued_at=issued.issued_at,
            issued_by=issued.issued_by,
            certificate=issued.certificate,
        )
    )
    _note_change(connection)


def revoke_keys(
    connection: Connection, gateway: GatewayKey, *, at: Micros, by: str, reason: str
) -> list[str]:
    """Revoke all keys of *gateway* that are not revoked; return the serials of their certificates."""
    of_gateway = (
        gateway_keys.c.premises == gateway.premises,
        gateway_keys.c.gateway == gateway.gateway,
        gateway_keys.c.revoked_at.is_(None),
    )
    serials = list(connection.scalars(select(gateway_keys.c.serial).where(*of_gateway)))
    connection.execute(
        update(gateway_keys).where(*of_gateway).values(revoked_at=at, revoked_by=by, reason=reason)
    )
    _note_change(connection)
    return serials


def _note_change(connection: Connection) -> None:
    connection.execute(update(changes).values(number=changes.c.number + 1))
