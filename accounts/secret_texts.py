"""Secret texts of the center's own making: tokens of sessions and systems, links, recovery codes."""

import base64
import hashlib
import secrets

RANDOM_BYTES = 32
"""Bytes of chance in a token or a link: 256 bits, which nobody guesses."""

RECOVERY_CODES = 10
"""Codes on paper that each stand once for a device that was lost."""

OF_SYSTEMS = "tocsin_"
"""The beginning of each token of a system, by which a scanner of files finds one that leaked."""


def new_secret() -> str:
    """Return a new token of a session, or the code of a link."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def new_system_token() -> str:
    """Return a new token of a system."""
    return OF_SYSTEMS + new_secret()


def new_recovery_code() -> str:
    """Return a new recovery code: 80 bits in four groups that a person can copy from paper."""
    code = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def new_recovery_codes() -> list[str]:
    """Return as many new recovery codes as an account has."""
    return [new_recovery_code() for _ in range(RECOVERY_CODES)]


def hash_of(secret: str) -> str:
    """Return what is stored of *secret*: so much chance needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
