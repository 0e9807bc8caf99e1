"""The way by which a gateway reaches the center, or the reason why it is refused."""

from enum import StrEnum

from contract.ids import GatewayKey
from contract.times import Micros
from pki.domain.keyring import KeyRing


class GatewayAccess(StrEnum):
    """The way of a gateway to the center, as the center knows it."""

    PASSWORD = "password"  # noqa: S105 (a way, no secret)
    CERTIFICATE = "certificate"
    ENDED = "certificate_ended"
    REVOKED = "revoked"
    UNREGISTERED = "unregistered"


REFUSED = frozenset({GatewayAccess.ENDED, GatewayAccess.REVOKED, GatewayAccess.UNREGISTERED})
"""Ways that lead nowhere: the broker refuses the gateway."""


def gateway_access(
    ring: KeyRing, gateway: GatewayKey, *, is_registered: bool, now: Micros
) -> GatewayAccess:
    """Return how *gateway* reaches the center *now*."""
    keys = [each for each in ring.keys(*gateway).values() if each.revoked_at is None]
    if ring.is_enrolled(*gateway) and not keys:
        return GatewayAccess.REVOKED
    if not is_registered:
        return GatewayAccess.UNREGISTERED
    if not keys:
        return GatewayAccess.PASSWORD
    ended = all(each.not_after <= now for each in keys)
    return GatewayAccess.ENDED if ended else GatewayAccess.CERTIFICATE
