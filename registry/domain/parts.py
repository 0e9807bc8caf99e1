"""Reads a version that an earlier program stored: small parts, each of compressed lines of JSON."""

import zlib

from registry.model.registry import Registry
from registry.model.rows import STORED


def lines_of(content: bytes) -> list[bytes]:
    """Return the lines of a part; raises ValueError where *content* is damaged."""
    try:
        return zlib.decompress(content).split(b"\n")
    except zlib.error as error:
        raise ValueError(f"a part of the registry is damaged ({error}); import it again") from error


def shared_of(lines: list[bytes]) -> Registry:
    """Return the registry without premises in the *lines* of a first part; raises ValueError."""
    return Registry.model_validate_json(b"\n".join(lines), context=STORED)
