"""The hash of a version as it is stored, and what the center signs of it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONTEXT = b"tocsin-registry-version-1\n"
CONTEXT_WITH_NOTE = b"tocsin-registry-version-2\n"


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
    """The fields of a version that the center signs: number, hashes, who imported it when, and a note.

    A version from before there were records has no *note*.
    """

    number: int
    at: int
    who: str
    hash: str
    content_hash: str
    note: str | None = None

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        said: list[object] = [self.number, self.at, self.who, self.hash, self.content_hash]
        if self.note is None:
            return CONTEXT + _json(said)
        return CONTEXT_WITH_NOTE + _json([*said, self.note])


def _json(said: Sequence[object]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
