"""Documents of the exchange: a page as JSON, with the center's signature over its bytes.

The last field is the signature, of a fixed length, so that nobody has to write JSON in a canonical form:
what is signed is the document as it was before that field, behind a line that names the purpose.
"""

import hashlib
from typing import Any, Protocol

import msgspec

from registry.exchange.cursors import encoded
from registry.exchange.pages import VERSION, Page

FORMAT = "tocsin-exchange"

CONTEXT = b"tocsin-exchange-1\n"
"""The first bytes of what is signed."""


class Signer(Protocol):
    """The holder of the center's key."""

    @property
    def public(self) -> bytes:
        """The public key."""

    def sign(self, message: bytes) -> str:
        """Return the signature of *message*, in hexadecimal."""


def document(page: Page, *, center: str, scope: str) -> dict[str, Any]:
    """Return *page* of *center* as JSON has it; *scope* says in words whether it is limited."""
    return {
        "format": FORMAT,
        "format_version": VERSION,
        "center": center,
        "kind": "snapshot" if page.since == 0 else "deltas",
        "scope": scope,
        "since": page.since,
        "version": page.version.number,
        "version_at": page.version.at,
        "items": list(page.items),
        "more": page.more,
        "cursor": encoded(page.cursor),
    }


def signed(document: dict[str, Any], key: Signer | None) -> bytes:
    """Return *document* as it is sent, signed with *key*; unsigned where the center has none."""
    if key is None:
        return msgspec.json.encode(document | {"key": None, "signature": None})
    unsigned = msgspec.json.encode(document | {"key": key.public.hex()})
    signature = key.sign(CONTEXT + unsigned)
    return unsigned[:-1] + b',"signature":"' + signature.encode() + b'"}'


def etag(sent: bytes) -> str:
    """Return the tag of a document as it is sent."""
    return f'"{hashlib.sha256(sent).hexdigest()[:32]}"'
