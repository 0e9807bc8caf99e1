"""Verifies that messages are from the gateways whose topics they came on."""

from collections.abc import Callable
from functools import lru_cache

from alerting.metrics import Metrics
from contract.gateway_signing import SignatureVerdict, VerifyingKey, split_signature
from contract.ids import GatewayKey
from contract.topics import Leaf, Topic
from pki.domain.keyring import KeyRing

MOST_KEYS = 10_000
"""Keys that are kept ready to verify."""

_ready_key = lru_cache(MOST_KEYS)(VerifyingKey)


class SignatureGuard:
    """Judges messages by the keys that *keys* returns; who was never enrolled signs nothing.

    The end of a certificate is no reason to disbelieve a fire: the broker, and the gateway's own fault,
    see to that. A key that was revoked is believed nothing.
    """

    def __init__(self, keys: Callable[[], KeyRing], metrics: Metrics) -> None:
        self._keys = keys
        self._metrics = metrics

    def is_enrolled(self, key: GatewayKey) -> bool:
        """Return whether the messages of the gateway must be signed."""
        return self._keys().is_enrolled(*key)

    def names_key(self, key: GatewayKey, payload: bytes) -> bool:
        """Return whether *payload* names a key that stands, as far as *key* needs one.

        That proves nothing, and is seen in a hundredth of the time of a proof.
        """
        if not self.is_enrolled(key):
            return True
        named = key_id_of(payload)
        return named is not None and self._keys().key(*key, named) is not None

    def judge(self, key: GatewayKey, leaf: Leaf, payload: bytes) -> SignatureVerdict:
        """Return the verdict on *payload*, which came on the topic *leaf* of the gateway *key*."""
        if not self.is_enrolled(key):
            return SignatureVerdict.NOT_ENROLLED
        verdict = self._judge_signature(key, leaf, payload)
        self._metrics.signatures.labels(verdict.value).inc()
        return verdict

    def _judge_signature(self, key: GatewayKey, leaf: Leaf, payload: bytes) -> SignatureVerdict:
        signed = split_signature(payload)
        if signed is None:
            return SignatureVerdict.MISSING
        ring = self._keys()
        if ring.revoked(*key, signed.key_id):
            return SignatureVerdict.REVOKED_KEY
        known = ring.key(*key, signed.key_id)
        if known is None:
            return SignatureVerdict.UNKNOWN_KEY
        return _ready_key(known.raw).verify(Topic(*key, leaf), signed)


def key_id_of(payload: bytes) -> str | None:
    """Return the id of the key that *payload*, a verified message, names; None without a signature."""
    signed = split_signature(payload)
    return None if signed is None else signed.key_id
