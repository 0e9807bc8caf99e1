"""Names the enrolled gateways that the broker refuses, for the health of the center."""

from collections.abc import Sequence

from alerting.engine.active_keys import ActiveKeys
from alerting.engine.registry_snapshot import ActiveRegistry
from contract.certificates import user_name
from contract.ids import GatewayKey
from contract.times import SECOND, Micros
from pki.domain.gateway_access import REFUSED, GatewayAccess, gateway_access
from registry.domain.index import Unregistered

MOST_NAMED = 100
"""Names in an answer; more tell nobody more."""

LOOK_S = 60
"""Seconds between two looks at the ends of certificates: each look is at all gateways."""


class RefusedGateways:
    """The gateways that have a key, and are refused: revoked, ended, or not in the registry."""

    def __init__(self, registry: ActiveRegistry, keys: ActiveKeys) -> None:
        self._registry = registry
        self._keys = keys
        self._seen: tuple[int, int, int] | None = None
        self._names: list[str] = []

    def access(self, gateway: GatewayKey, now: Micros) -> GatewayAccess:
        """Return how *gateway* reaches the center *now*."""
        found = self._registry.current.index.gateway(*gateway)
        is_registered = not isinstance(found, Unregistered)
        return gateway_access(self._keys.current, gateway, is_registered=is_registered, now=now)

    def until(self, gateway: GatewayKey) -> Micros | None:
        """Return the end of the latest certificate of *gateway*; None where it has none that stands."""
        keys = self._keys.current.keys(*gateway).values()
        return max((each.not_after for each in keys if each.revoked_at is None), default=None)

    def names(self, now: Micros) -> Sequence[str]:
        """Return the refused gateways, each with the reason, as ``premises/gateway: revoked``."""
        ring, version = self._keys.current, self._registry.current.version
        seen = (ring.number, version, now // (LOOK_S * SECOND))
        if seen != self._seen:
            found = ((each, self.access(each, now)) for each in ring.gateways)
            refused = (f"{user_name(*each)}: {how}" for each, how in found if how in REFUSED)
            self._names, self._seen = sorted(refused)[:MOST_NAMED], seen
        return self._names
