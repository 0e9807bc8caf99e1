"""Digests of stored bytes, by which a receipt proves their storage."""

from hashlib import sha256


def digest(body: bytes) -> str:
    """Return the digest of *body* as it stands in a receipt: 64 bits of its SHA-256."""
    return sha256(body).hexdigest()[:16]
