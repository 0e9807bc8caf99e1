"""The hash of a version as it is stored, and what the center signs of it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

CONTEXT = b"tocsin-registry-version-1\n"


class RegistryRefused(ValueError):
    """A version that is not as it was imported; the text says in what, and the remedy."""


class ContentHash:
    """The hash of a version, built from its parts one after the other."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, first: str, content: bytes) -> None:
        """Add a part, of which *first* is the first premises."""
        self._digest.update(f"{first} {len(content)}\n".encode() + content)

    def hexdigest(self) -> str:
        """Return the hash in hexadecimal."""
        return self._digest.hexdigest()


def content_hash(parts: Iterable[tuple[str, bytes]]) -> str:
    """Return the hash of *parts*, each with its first premises."""
    found = ContentHash()
    for part in parts:
        found.add(*part)
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class VersionStatement:
    """The fields of a version that the center signs: number, hashes, and who imported it when."""

    number: int
    at: int
    who: str
    hash: str
    content_hash: str

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        said = [self.number, self.at, self.who, self.hash, self.content_hash]
        return CONTEXT + json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
