"""Reads and writes keys of gateways, certificates and invitations in one transaction of the database."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import structlog
from sqlalchemy import Connection, Row, delete, insert, select, update

from contract.ids import GatewayKey
from contract.times import Micros, from_micros
from pki.domain.invitations import Invitation
from pki.domain.keyring import RAW_BYTES, KeyRing, PublicKey, key_ring
from pki.tables import changes, gateway_invitations, gateway_keys, server_certificates

log = structlog.get_logger(__name__)

Transaction: TypeAlias = Connection
"""A transaction that is open, for callers that know nothing of the database's library."""

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


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """A certificate that was issued for a server, or for a program's user at the broker."""

    name: str
    serial: str
    not_before: Micros
    not_after: Micros
    issued_at: Micros
    issued_by: str
    certificate: str
    revoked_at: Micros | None = None


def change_number(connection: Connection) -> int:
    """Return a number that is another one after each change of a key.

    Where its row is gone it is another one each time: no reader may believe what it read before.
    """
    number = connection.scalar(select(changes.c.number))
    return number if isinstance(number, int) else -1 - secrets.randbits(60)


def read_key_ring(connection: Connection) -> KeyRing:
    """Return the keys of all gateways."""
    number = change_number(connection)
    rows = connection.execute(_RING)
    return key_ring(number, ((GatewayKey(row.premises, row.gateway), _key(row)) for row in rows))


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


def issued_keys(connection: Connection, gateway: GatewayKey | None = None) -> Iterator[IssuedKey]:
    """Yield the certificates of *gateway*, or of all gateways, the newest of each first."""
    asked = select(gateway_keys).order_by(
        gateway_keys.c.premises, gateway_keys.c.gateway, gateway_keys.c.issued_at.desc()
    )
    if gateway is not None:
        asked = asked.where(*_of(gateway))
    for row in connection.execute(asked):
        if (key := _key(row)) is not None:
            yield _issued(row, key)


def is_key_free(connection: Connection, gateway: GatewayKey, key_id: str) -> bool:
    """Return whether no other gateway has the key, and it was not revoked."""
    rows = connection.execute(select(gateway_keys).where(gateway_keys.c.key_id == key_id))
    own = (gateway.premises, gateway.gateway, None)
    return all((row.premises, row.gateway, row.revoked_at) == own for row in rows)


def revoke_keys(
    connection: Connection, gateway: GatewayKey, *, at: Micros, by: str, reason: str
) -> list[str]:
    """Revoke all keys of *gateway* that are not revoked; return the serials of their certificates."""
    standing = (*_of(gateway), gateway_keys.c.revoked_at.is_(None))
    serials = list(connection.scalars(select(gateway_keys.c.serial).where(*standing)))
    change = update(gateway_keys).where(*standing)
    connection.execute(change.values(revoked_at=at, revoked_by=by, reason=reason))
    _note_change(connection)
    return serials


def revoked_serials(connection: Connection) -> list[tuple[int, datetime]]:
    """Return the serial numbers of all revoked certificates, each with its time."""
    return [
        (int(row.serial, 16), from_micros(row.revoked_at))
        for table in (gateway_keys, server_certificates)
        for row in connection.execute(
            select(table.c.serial, table.c.revoked_at).where(table.c.revoked_at.is_not(None))
        )
    ]


def add_server_certificate(connection: Connection, issued: ServerCertificate) -> None:
    """Store the certificate *issued*."""
    connection.execute(
        insert(server_certificates).values(
            name=issued.name,
            serial=issued.serial,
            not_before=issued.not_before,
            not_after=issued.not_after,
            issued_at=issued.issued_at,
            issued_by=issued.issued_by,
            certificate=issued.certificate,
        )
    )


def server_certificates_of(connection: Connection) -> list[ServerCertificate]:
    """Return the certificates of servers and programs, the newest of each name first."""
    asked = select(server_certificates).order_by(
        server_certificates.c.name, server_certificates.c.issued_at.desc()
    )
    return [
        ServerCertificate(
            row.name,
            row.serial,
            row.not_before,
            row.not_after,
            row.issued_at,
            row.issued_by,
            row.certificate,
            row.revoked_at,
        )
        for row in connection.execute(asked)
    ]


def revoke_server(connection: Connection, name: str, *, at: Micros, by: str, reason: str) -> list[str]:
    """Revoke the certificates of *name*; return their serials."""
    standing = (server_certificates.c.name == name, server_certificates.c.revoked_at.is_(None))
    serials = list(connection.scalars(select(server_certificates.c.serial).where(*standing)))
    change = update(server_certificates).where(*standing)
    connection.execute(change.values(revoked_at=at, revoked_by=by, reason=reason))
    _note_change(connection)
    return serials


def invite(
    connection: Connection, gateway: GatewayKey, invitation: Invitation, *, at: Micros, by: str
) -> None:
    """Store the *invitation* of *gateway*, in place of the one before."""
    table = gateway_invitations
    of_gateway = table.c.premises == gateway.premises, table.c.gateway == gateway.gateway
    connection.execute(delete(table).where(*of_gateway))
    connection.execute(
        insert(table).values(
            premises=gateway.premises,
            gateway=gateway.gateway,
            code_hash=invitation.code_hash,
            made_at=at,
            made_by=by,
            expires_at=invitation.expires_at,
            tries=0,
        )
    )


def invitation_of(connection: Connection, gateway: GatewayKey) -> tuple[Invitation, str] | None:
    """Return the invitation of *gateway* and who made it; nobody else uses it until the commit."""
    table = gateway_invitations
    of_gateway = table.c.premises == gateway.premises, table.c.gateway == gateway.gateway
    row = connection.execute(select(table).where(*of_gateway).with_for_update()).one_or_none()
    if row is None:
        return None
    return Invitation(row.code_hash, row.expires_at, row.tries, row.used_at), row.made_by


def count_try(connection: Connection, gateway: GatewayKey) -> None:
    """Count a wrong secret against the invitation of *gateway*."""
    table = gateway_invitations
    of_gateway = table.c.premises == gateway.premises, table.c.gateway == gateway.gateway
    connection.execute(update(table).where(*of_gateway).values(tries=table.c.tries + 1))


def use_invitation(connection: Connection, gateway: GatewayKey, *, at: Micros) -> None:
    """Note that the invitation of *gateway* was used."""
    table = gateway_invitations
    of_gateway = table.c.premises == gateway.premises, table.c.gateway == gateway.gateway
    connection.execute(update(table).where(*of_gateway).values(used_at=at))


def _of(gateway: GatewayKey) -> tuple[Any, Any]:
    table = gateway_keys
    return table.c.premises == gateway.premises, table.c.gateway == gateway.gateway


def _issued(row: Row[*tuple[Any, ...]], key: PublicKey) -> IssuedKey:
    return IssuedKey(
        GatewayKey(row.premises, row.gateway),
        key,
        row.serial,
        row.issued_at,
        row.issued_by,
        row.certificate,
        row.revoked_by,
        row.reason,
    )


def _key(row: Row[*tuple[Any, ...]]) -> PublicKey | None:
    """Return the key of *row*, None where anything in it is damaged: SQLite keeps what it is given."""
    raw = _raw(row.public_key)
    times = [row.not_before, row.not_after, *([] if row.revoked_at is None else [row.revoked_at])]
    if raw is None or not all(isinstance(each, int) for each in times):
        log.error("key of a gateway cannot be read", premises=row.premises, gateway=row.gateway)
        return None
    return PublicKey(row.key_id, raw, row.not_before, row.not_after, row.revoked_at)


def _raw(digits: object) -> bytes | None:
    """Return the bytes of a key in *digits*, None where it has no such number of them."""
    try:
        raw = bytes.fromhex(digits) if isinstance(digits, str) else b""
    except ValueError:
        return None
    return raw if len(raw) == RAW_BYTES else None


def _note_change(connection: Connection) -> None:
    connection.execute(update(changes).values(number=changes.c.number + 1))
