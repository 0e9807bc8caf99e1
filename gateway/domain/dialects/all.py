"""All dialects: which profile or listener each one has, and which points it can speak for."""

from collections.abc import Container

from contract.detectors import Dialect
from gateway.domain.dialects import esphome, shelly, tasmota, zigbee2mqtt
from gateway.domain.dialects.home_assistant import DiscoveryListener
from gateway.domain.dialects.listener import Listener, ProfileListener
from gateway.domain.dialects.profile import Profile
from gateway.domain.dialects.tocsin import TocsinListener
from gateway.domain.point import PointKind

PROFILES: dict[Dialect, Profile] = {
    Dialect.ZIGBEE2MQTT: zigbee2mqtt.PROFILE,
    Dialect.ESPHOME: esphome.PROFILE,
    Dialect.TASMOTA: tasmota.PROFILE,
    Dialect.SHELLY: shelly.PROFILE,
}

_ANNOUNCED = frozenset({PointKind.LEVEL, PointKind.SMOKE, PointKind.HEAT, PointKind.CO})


def listener_of(dialect: Dialect, root: str, known: Container[str]) -> Listener:
    """Return what understands *dialect* below *root*; *known* are the addresses of its points."""
    if dialect is Dialect.TOCSIN:
        return TocsinListener(root)
    if dialect is Dialect.HOME_ASSISTANT:
        return DiscoveryListener(root, known)
    return ProfileListener(PROFILES[dialect], root, known)


def kinds_of(dialect: Dialect) -> frozenset[PointKind]:
    """Return the kinds of points that can ever be heard in *dialect*."""
    if dialect is Dialect.TOCSIN:
        return frozenset(PointKind)
    if dialect is Dialect.HOME_ASSISTANT:
        return _ANNOUNCED
    return PROFILES[dialect].kinds
