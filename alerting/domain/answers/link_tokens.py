"""Tokens of links by which one person answers about one fire: signed, and over at a time.

A token names the number of a delivery, which stands for the person and the fire at the center alone:
nothing of either can be read in it. Nothing is stored, so that a link costs the database no row.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from contract.times import SECOND, Micros

TOKEN_LETTERS = 28
"""Letters of a token: short enough for a message, and 88 bits of signature."""

_DELIVERY_BYTES, _TIME_BYTES, _MAC_BYTES = 6, 4, 11
_PURPOSE = b"tocsin answer link v1"
_MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """The link in the *delivery* of that number, which counts until *expires_at*."""

    delivery: int
    expires_at: Micros


def sealed_token(link: AnswerLink, secret: bytes) -> str:
    """Return the token of *link*, signed with a key that is derived from the *secret* of the center."""
    minutes = -(-link.expires_at // _MINUTE)
    said = link.delivery.to_bytes(_DELIVERY_BYTES, "big") + minutes.to_bytes(_TIME_BYTES, "big")
    return urlsafe_b64encode(said + _mac(said, secret)).decode()


def read_token(token: str, secret: bytes) -> AnswerLink | None:
    """Return the link of *token*; None of one that this center did not sign."""
    if len(token) != TOKEN_LETTERS or not token.isascii():
        return None
    try:
        content = urlsafe_b64decode(token)
    except ValueError:
        return None
    said, mac = content[:-_MAC_BYTES], content[-_MAC_BYTES:]
    if len(said) != _DELIVERY_BYTES + _TIME_BYTES or not hmac.compare_digest(mac, _mac(said, secret)):
        return None
    minutes = int.from_bytes(said[_DELIVERY_BYTES:], "big")
    return AnswerLink(int.from_bytes(said[:_DELIVERY_BYTES], "big"), minutes * _MINUTE)


def _mac(said: bytes, secret: bytes) -> bytes:
    key = hmac.digest(secret, _PURPOSE, sha256)
    return hmac.digest(key, said, sha256)[:_MAC_BYTES]
