"""Cursors: opaque texts that name the version up to which a reader has everything, and its place."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

LONGEST = 1_000
"""Characters of a cursor."""


class BadCursor(ValueError):
    """The cursor cannot be continued; the text says why, and to begin anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeCursor:
    """A reader has everything of *since*, and of what leads to *until* all up to the place *after*.

    Without *until* it has the version *since* whole. *since* 0 is nothing at all: a snapshot begins. Of
    a version the *hashes* tell whether it is the same after a restart or from a backup. *scope* tells
    what the reader could see.
    """

    center: str
    scope: str
    since: int
    since_hash: str = ""
    until: int = 0
    until_hash: str = ""
    after: tuple[str, str] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the reader has a version whole."""
        return self.until == 0


def encoded(cursor: ExchangeCursor) -> str:
    """Return *cursor* as its opaque text."""
    said = [
        cursor.center,
        cursor.scope,
        cursor.since,
        cursor.since_hash,
        cursor.until,
        cursor.until_hash,
        cursor.after,
    ]
    text = json.dumps(said, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sum(text) + text).decode().rstrip("=")


def decoded(text: str) -> ExchangeCursor:
    """Return the cursor that *text* is; raises BadCursor."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if len(text) > LONGEST or data[:4] != _sum(data[4:]):
            raise BadCursor(_UNKNOWN)
        center, scope, since, since_hash, until, until_hash, after = json.loads(data[4:])
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadCursor(_UNKNOWN) from error
    return ExchangeCursor(
        center=center,
        scope=scope,
        since=since,
        since_hash=since_hash,
        until=until,
        until_hash=until_hash,
        after=None if after is None else (after[0], after[1]),
    )


_UNKNOWN = "the cursor is not one of this center; begin anew: GET /api/v1/exchange/snapshot"


def _sum(text: bytes) -> bytes:
    """Return four bytes that tell a text that was cut or mistyped; it is no secret."""
    return hashlib.sha256(text).digest()[:4]
