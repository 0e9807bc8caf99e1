"""Secrets that a program makes for itself at its first start: each in a file for its owner alone."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

NO_LINKS = os.O_NOFOLLOW | os.O_CLOEXEC

LONGEST = 4_096
"""Bytes that are read of such a file."""


class NotASecret(OSError):
    """A file of a secret that cannot be one: the text names the fault and the remedy."""

    def __str__(self) -> str:
        return str(self.args[0])


def read_or_make(path: Path, *, shortest: int = 32) -> str:
    """Return the secret in *path*, which is made of 256 random bits if it is not there.

    Of several that come at once all get the same one. Raises OSError: no symbolic link is followed, and
    no secret of less than *shortest* characters is used.
    """
    with suppress(FileNotFoundError):
        return read_secret(path, shortest=shortest)
    _make(path, secrets.token_hex(32))
    return read_secret(path, shortest=shortest)


def read_secret(path: Path, *, shortest: int = 32) -> str:
    """Return the secret in *path*; raises OSError."""
    with os.fdopen(os.open(path, os.O_RDONLY | NO_LINKS), "rb") as file:
        secret = file.read(LONGEST).decode(errors="replace").strip()
    if len(secret) < shortest:
        raise NotASecret(f"{path}: shorter than {shortest} characters; remove it, and a new one is made")
    if not (
        secret.isascii() and secret.isprintable()
    ):  # a power cut leaves zeros, which anybody guesses
        raise NotASecret(f"{path}: no text, but damaged; remove it, and a new one is made")
    return secret


def _make(path: Path, secret: str) -> None:
    """Write *secret* to *path* whole or not at all, and leave what another program made meanwhile."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "w") as file:
            file.write(f"{secret}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
