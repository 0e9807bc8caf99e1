"""The id of a key: short enough for each message, long enough that no two keys share it by chance."""

import hashlib

ID_DIGITS = 16
"""Hexadecimal digits: 64 bits. An id only finds a key; the signature proves it."""


def key_id(public_key: bytes) -> str:
    """Return the id of the key with these 32 raw bytes."""
    return hashlib.sha256(public_key).hexdigest()[:ID_DIGITS]
