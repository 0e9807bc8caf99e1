"""The center's Ed25519 key: made at the first start, in a file that its owner alone can read."""

import os
from contextlib import suppress
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract.gateway_signing import key_id

log = structlog.get_logger(__name__)

NAME = "center.key"
"""The file in alerting's data folder."""


class BadCenterKey(Exception):
    """The file of the key cannot be used; the text says why, and the remedy."""


class CenterKey:
    """The key by which the center signs what it says of itself."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()
        self.id = key_id(self.public)

    def sign(self, message: bytes) -> str:
        """Return the signature of *message*, in hexadecimal."""
        return self._private.sign(message).hex()


def signature_holds(public_key: bytes, message: bytes, signature: str) -> bool:
    """Return whether *signature*, in hexadecimal, is that of *message* by the holder of *public_key*."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_key(file: Path) -> CenterKey:
    """Return the key in *file*; raises BadCenterKey, and FileNotFoundError where there is none."""
    try:
        opened = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        with os.fdopen(opened, "rb") as stream:
            data = stream.read(1_000)
        return CenterKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(data.decode())))
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        text = f"{file}: not the center's key ({error}); put the right file back from a backup"
        raise BadCenterKey(text) from error


def make_key(file: Path) -> CenterKey:
    """Return the key in *file*, made now unless it is there; raises BadCenterKey.

    The file appears whole or not at all.
    """
    try:
        return read_key(file)
    except FileNotFoundError:
        pass
    private = Ed25519PrivateKey.generate()
    try:
        _write_new(file, private.private_bytes_raw().hex().encode())
    except OSError as error:
        raise BadCenterKey(
            f"{file}: the center's key cannot be written ({error}); make room there"
        ) from error
    return read_key(file)


def usable_key(folder: Path) -> CenterKey | None:
    """Return the center's key in *folder*, made now unless it is there; None where it cannot be used."""
    try:
        return make_key(folder / NAME)
    except BadCenterKey as error:
        log.error("center's key unusable; nothing is signed", reason=str(error))
        return None


def _write_new(file: Path, data: bytes) -> None:
    """Write *data* to a *file* of the owner's alone; one that another process made meanwhile stays."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{os.getpid()}")
    opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(opened, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(new, file)
    finally:
        new.unlink()
