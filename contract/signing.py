"""The signature of a relay: who sent it, when, and that not a byte was changed (docs/protocol.md, 7).

HMAC-SHA256 (RFC 2104) over the time, a full stop and the body. A receiver knows several keys by their
ids, so that one can be changed while the other is still in use.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping

HEADER = "Tocsin-Signature"

TOLERANCE_S = 300
"""Seconds by which the time of a signature may differ from the receiver's: an older one is a replay."""

_FORM = re.compile(r"t=([0-9]{1,12}),kid=([A-Za-z0-9._-]{1,64}),v1=([0-9a-f]{64})")


class BadSignature(ValueError):
    """A relay that is not from whom it says, or not now; the text says which."""


def sign(body: bytes, *, key_id: str, key: bytes, at: int) -> str:
    """The header of *body*, sent *at* so many seconds since 1970."""
    return f"t={at},kid={key_id},v1={_digest(body, key, at)}"


def verify(header: str, body: bytes, *, keys: Mapping[str, bytes], now: int) -> str:
    """The id of the key that signed *body*; raises BadSignature. *now* in seconds since 1970."""
    found = _FORM.fullmatch(header)
    if found is None:
        raise BadSignature(f"the header {HEADER} is not t=...,kid=...,v1=...")
    at, key_id, digest = int(found[1]), found[2], found[3]
    key = keys.get(key_id)
    if key is None:
        raise BadSignature(f"no key is called {key_id}; give the receiver that key")
    if not hmac.compare_digest(digest, _digest(body, key, at)):
        raise BadSignature("the signature is not that of this body; compare the keys")
    if abs(now - at) > TOLERANCE_S:
        raise BadSignature(f"signed {now - at} s ago; set the clocks, or somebody replays it")
    return key_id


def _digest(body: bytes, key: bytes, at: int) -> str:
    return hmac.new(key, b"%d." % at + body, hashlib.sha256).hexdigest()
