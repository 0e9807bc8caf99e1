"""The keys of all gateways as one frozen value, by which signatures are verified."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from contract.ids import GatewayKey
from contract.times import Micros

RAW_BYTES = 32
"""Length of a public key of Ed25519 (RFC 8032, 5.1.5)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key of a gateway: the 32 *raw* bytes of Ed25519, and the times of its certificates together."""

    key_id: str
    raw: bytes
    not_before: Micros
    not_after: Micros
    revoked_at: Micros | None = None

    def is_valid(self, at: Micros) -> bool:
        """Return whether a certificate of the key is valid *at* that time."""
        return self.revoked_at is None and self.not_before <= at < self.not_after

    def joined(self, other: "PublicKey") -> "PublicKey":
        """Return this key with the times of *other*, a further certificate of it.

        A key that was revoked once stays revoked, whatever certificates it has.
        """
        revoked = [each.revoked_at for each in (self, other) if each.revoked_at is not None]
        return PublicKey(
            self.key_id,
            self.raw,
            min(self.not_before, other.not_before),
            max(self.not_after, other.not_after),
            min(revoked, default=None),
        )


Keys = Mapping[str, PublicKey]
"""The keys of one gateway, by their ids."""

_NO_KEYS: Keys = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of gateways that the center has issued certificates for, as of the change *number*.

    A ring never changes; the next one replaces it as a whole.
    """

    number: int = 0
    gateways: Mapping[GatewayKey, Keys] = field(default_factory=lambda: MappingProxyType({}))

    def key(self, premises: str, gateway: str, key_id: str) -> PublicKey | None:
        """Return the key of that id, unless the gateway has none of it or it was revoked.

        Its certificates may have ended: what was signed before that may still be on its way.
        """
        found = self.keys(premises, gateway).get(key_id)
        return None if found is None or found.revoked_at is not None else found

    def is_enrolled(self, premises: str, gateway: str) -> bool:
        """Return whether the gateway ever had a key: from then on, its signals are signed."""
        return GatewayKey(premises, gateway) in self.gateways

    def revoked(self, premises: str, gateway: str, key_id: str) -> bool:
        """Return whether the gateway had that key, and it was revoked."""
        found = self.keys(premises, gateway).get(key_id)
        return found is not None and found.revoked_at is not None

    def keys(self, premises: str, gateway: str) -> Keys:
        """Return all keys of the gateway, also revoked ones."""
        return self.gateways.get(GatewayKey(premises, gateway), _NO_KEYS)


def key_ring(number: int, rows: Iterable[tuple[GatewayKey, PublicKey | None]]) -> KeyRing:
    """Return the ring of *rows*, one for each certificate.

    A row without a key could not be read: its gateway is enrolled, and nothing verifies with that row.
    """
    gateways: dict[GatewayKey, dict[str, PublicKey]] = {}
    for gateway, key in rows:
        keys = gateways.setdefault(gateway, {})
        if key is None:
            continue
        known = keys.get(key.key_id)
        keys[key.key_id] = key if known is None else known.joined(key)
    frozen = {gateway: MappingProxyType(keys) for gateway, keys in gateways.items()}
    return KeyRing(number, MappingProxyType(frozen))
