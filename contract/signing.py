"""The signature of a webhook, as in the Standard Webhooks specification 1.0 (docs/protocol.md, 7).

HMAC-SHA256 (RFC 2104) over the id, the time and the body, joined by full stops. While a secret is being
changed the sender signs with both, and the receiver believes either. Each receiver has a key of its own,
derived from the center's secret.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping

ID = "webhook-id"
TIMESTAMP = "webhook-timestamp"
SIGNATURE = "webhook-signature"

TOLERANCE_S = 300
"""Seconds by which the time of a signature may differ from the receiver's: an older one is a replay."""

PREFIX = "whsec_"
"""The beginning of each secret as it is written; base64 of its bytes follows."""

SHORTEST_KEY, LONGEST_KEY = 24, 64
"""Bytes of a secret (Standard Webhooks, Signature scheme)."""

_SCHEME = "v1"

_DERIVATION = "tocsin-relay-key-1"


class BadSecret(ValueError):
    """A text that is not a webhook secret; the error never repeats it."""


class BadSignature(ValueError):
    """A webhook that is not from whom it says, or not now; the text says which."""


def read_secrets(text: str) -> tuple[bytes, ...]:
    """Return the keys of the secrets in *text*, apart by white space; raises BadSecret."""
    keys = tuple(_key(each) for each in text.split())
    if not keys:
        raise BadSecret("there is no secret; make one: echo whsec_$(openssl rand -base64 32)")
    return keys


def receiver_keys(secrets: Iterable[bytes], receiver: str, version: int = 1) -> tuple[bytes, ...]:
    """Return the keys of *receiver*, one for each of the center's *secrets*, in their *version*.

    What one receiver holds tells nothing of another's key, nor of the center's secret.
    """
    about = f"{_DERIVATION} {version} {receiver}".encode()
    return tuple(hmac.new(each, about, hashlib.sha256).digest() for each in secrets)


def written_secret(key: bytes) -> str:
    """Return *key* as a receiver's library takes it."""
    return PREFIX + base64.b64encode(key).decode()


def sign(body: bytes, *, message_id: str, at: int, keys: Iterable[bytes]) -> dict[str, str]:
    """Return the headers of a webhook sent *at* seconds since 1970; unsigned if there are no *keys*."""
    headers = {ID: message_id, TIMESTAMP: str(at)}
    signatures = [f"{_SCHEME},{_signature(body, message_id, str(at), key)}" for key in keys]
    return headers | ({SIGNATURE: " ".join(signatures)} if signatures else {})


def verify(headers: Mapping[str, str], body: bytes, *, keys: Iterable[bytes], now: int) -> None:
    """Check a webhook that came *now*, in seconds since 1970; raises BadSignature.

    *headers* are found by lower-case names: pass a mapping that ignores case, or lower-case keys.
    """
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not headers.get(name)]
    if missing:
        raise BadSignature(f"{missing[0]}: the header is missing; set a signing key at the sender")
    at = _seconds(headers[TIMESTAMP])
    expected = [_signature(body, headers[ID], headers[TIMESTAMP], key) for key in keys]
    given = [each.partition(",") for each in headers[SIGNATURE].split(" ")]
    if not any(
        scheme == _SCHEME and hmac.compare_digest(_bytes(signature), _bytes(known))
        for scheme, _, signature in given
        for known in expected
    ):
        raise BadSignature(f"{SIGNATURE}: no signature is that of this webhook; compare the secrets")
    if abs(now - at) > TOLERANCE_S:
        raise BadSignature(
            f"{TIMESTAMP}: signed {now - at} s ago; set the clocks, or somebody replays it"
        )


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise BadSecret(
            f"a secret is not {PREFIX} and base64 of {SHORTEST_KEY} to {LONGEST_KEY} bytes; "
            f"make one: echo {PREFIX}$(openssl rand -base64 32)"
        )
    return key


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise BadSignature(f"{TIMESTAMP}: not a number of seconds since 1970; send one")
    return int(text)


def _signature(body: bytes, message_id: str, timestamp: str, key: bytes) -> str:
    content = b".".join((_bytes(message_id), _bytes(timestamp), body))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def _bytes(text: str) -> bytes:
    """Return the bytes of a header, also of one that is not UTF-8."""
    return text.encode(errors="surrogateescape")
