"""The signature of a gateway's message: Ed25519 over its bytes as they are sent (docs/protocol.md, 4.8).

The last field of the message is its signature, of a fixed length, so that nobody has to write JSON in a
canonical form: what is signed is the message as it was before that field, behind a line that names the
topic. The library costs 8 MB: a gateway without a key never imports this module.
"""

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from contract.topics import Leaf, Topic

PURPOSE = "tocsin-signed-1"
"""Begins the line of what is signed: a signature for anything else is not one of a message."""

SIGNED_LEAVES = frozenset({Leaf.ALARM, Leaf.HEARTBEAT, Leaf.PRESENCE, Leaf.INVENTORY, Leaf.RENEWAL})
"""The messages that an enrolled gateway signs; readings raise no alarm, and are not signed."""

KEY_BYTES = 32
"""Bytes of a public key, and of the seed of a private one (RFC 8032, 5.1.5)."""

_FIELD = b',"signature":"'
_TAIL = re.compile(rb',"signature":"([0-9a-f]{16})\.([A-Za-z0-9_-]{86})"\}\Z')

TAIL_BYTES = len(_FIELD) + 16 + 1 + 86 + len(b'"}')
"""Bytes that a signature adds to a message, with the brace that it ends with."""


class SignatureVerdict(StrEnum):
    """The outcome of a look at the signature of a message."""

    NOT_ENROLLED = "not_enrolled"
    VALID = "valid"
    MISSING = "signature_missing"
    UNKNOWN_KEY = "signature_unknown_key"
    REVOKED_KEY = "signature_revoked_key"
    WRONG = "signature_wrong"

    @property
    def is_accepted(self) -> bool:
        """Whether the message is from whom its topic says, as far as can be asked of it."""
        return self in _ACCEPTED


_ACCEPTED = frozenset({SignatureVerdict.NOT_ENROLLED, SignatureVerdict.VALID})


class BadKey(ValueError):
    """Bytes that are not an Ed25519 key; the text never repeats them."""


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A message without its signature, the id of the key that it names, and the signature."""

    body: bytes
    key_id: str
    signature: bytes


def key_id(public_key: bytes) -> str:
    """Return the id of the Ed25519 *public_key* of 32 bytes: 64 bits of its SHA-256."""
    return sha256(public_key).hexdigest()[:16]


def signed_bytes(topic: Topic, body: bytes) -> bytes:
    """Return the bytes that are signed of *body*, a message without a signature, on *topic*."""
    return f"{PURPOSE} {topic.premises}/{topic.gateway}/{topic.leaf}\n".encode() + body


def _document_bytes(purpose: str, body: bytes) -> bytes:
    return f"{purpose}\n".encode() + body


def split_signature(payload: bytes) -> SignedMessage | None:
    """Return *payload* apart from its signature; None if it does not end with one."""
    tail = _TAIL.match(payload, max(0, len(payload) - TAIL_BYTES))
    if tail is None:
        return None
    signature = base64.urlsafe_b64decode(tail[2] + b"==")
    return SignedMessage(payload[: tail.start()] + b"}", tail[1].decode(), signature)


class SigningKey:
    """The key of a gateway, which signs what it sends."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public_key)

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        """Return the key of the 32 bytes *seed*; raise BadKey if they are not that many."""
        if len(seed) != KEY_BYTES:
            raise BadKey(f"{len(seed)} bytes; the seed of an Ed25519 key has {KEY_BYTES}")
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """Return the key in *pem* (PKCS 8, not encrypted); raise BadKey if it is not Ed25519."""
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadKey("not a private key in PEM without a password; enroll the gateway") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise BadKey("a private key of another kind than Ed25519; enroll the gateway")
        return cls(key)

    def sign(self, topic: Topic, body: bytes) -> bytes:
        """Return *body*, a JSON object with fields, signed for *topic*."""
        return self._with_signature(body, self._key.sign(signed_bytes(topic, body)))

    def sign_document(self, purpose: str, body: bytes) -> bytes:
        """Return *body*, a JSON object with fields, signed for *purpose*: a file, not a message."""
        return self._with_signature(body, self._key.sign(_document_bytes(purpose, body)))

    def _with_signature(self, body: bytes, signature: bytes) -> bytes:
        text = base64.urlsafe_b64encode(signature).rstrip(b"=")
        return b"".join((body[:-1], _FIELD, self.key_id.encode(), b".", text, b'"}'))


class VerifyingKey:
    """The public key of a gateway, by which the center verifies what it receives."""

    def __init__(self, public_key: bytes) -> None:
        if len(public_key) != KEY_BYTES:
            raise BadKey(f"{len(public_key)} bytes; a public Ed25519 key has {KEY_BYTES}")
        self._key = Ed25519PublicKey.from_public_bytes(public_key)
        self.key_id = key_id(public_key)

    def verify(self, topic: Topic, message: SignedMessage) -> SignatureVerdict:
        """Return whether this key signed *message* for *topic*."""
        return self._verdict(message, signed_bytes(topic, message.body))

    def verify_document(self, purpose: str, document: SignedMessage) -> SignatureVerdict:
        """Return whether this key signed *document* for *purpose*."""
        return self._verdict(document, _document_bytes(purpose, document.body))

    def _verdict(self, message: SignedMessage, signed: bytes) -> SignatureVerdict:
        if message.key_id != self.key_id:
            return SignatureVerdict.UNKNOWN_KEY
        try:
            self._key.verify(message.signature, signed)
        except InvalidSignature:
            return SignatureVerdict.WRONG
        return SignatureVerdict.VALID
