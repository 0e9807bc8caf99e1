"""Keys of gateways, as ``tocsin gateway enroll`` leaves them on disk and at the center."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Connection

import pki.store
from contract.gateway_signing import SigningKey, VerifyingKey
from contract.ids import GatewayKey
from contract.times import to_micros
from pki.domain.keyring import PublicKey
from runtime.clock import utc_now
from runtime.database import open_database

DAY = 86_400_000_000


def put_new_key(data_dir: Path) -> VerifyingKey:
    """Put a new key where the gateway of *data_dir* looks for it; return its public half."""
    file = data_dir / "identity" / "key.pem"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    new.write_bytes(pem)
    new.replace(file)
    return VerifyingKey(SigningKey.from_pem(pem).public_key)


async def enroll(url: str, premises: str, gateway: str) -> SigningKey:
    """Make a new key of a gateway, and have the center of the database at *url* know it."""
    key = SigningKey.from_seed(secrets.token_bytes(32))
    await enroll_all(url, key, [GatewayKey(premises, gateway)])
    return key


async def enroll_all(url: str, key: SigningKey, gateways: Iterable[GatewayKey]) -> None:
    """Have the center of the database at *url* know *key* as that of each of *gateways*."""
    now = to_micros(utc_now())
    issued = [
        pki.store.IssuedKey(
            gateway=each,
            key=PublicKey(key.key_id, key.public_key, now - DAY, now + 90 * DAY),
            serial=secrets.token_hex(16),
            issued_at=now,
            issued_by="test",
            certificate="",
        )
        for each in gateways
    ]

    def add(connection: Connection) -> None:
        for each in issued:
            pki.store.add_key(connection, each)

    async with open_database(url) as database:
        await database.write(add)


async def revoke(url: str, premises: str, gateway: str) -> None:
    """Have the center of the database at *url* believe no key of a gateway any more."""
    about, now = GatewayKey(premises, gateway), to_micros(utc_now())
    async with open_database(url) as database:
        await database.write(
            lambda connection: pki.store.revoke_keys(
                connection, about, at=now, by="test", reason="stolen"
            )
        )
