"""The table of all dialects: the listener of each, and the kinds of points that it can serve."""

from collections.abc import Container

from contract.detectors import Dialect
from gateway.domain.dialects import esphome, shelly, tasmota, zigbee2mqtt
from gateway.domain.dialects.chirpstack import ChirpStackListener
from gateway.domain.dialects.home_assistant import DiscoveryListener
from gateway.domain.dialects.listener import ProfileListener, SourceListener
from gateway.domain.dialects.profile import DialectProfile
from gateway.domain.dialects.tocsin import TocsinListener
from gateway.domain.model.point_kinds import PointKind

PROFILES: dict[Dialect, DialectProfile] = {
    Dialect.ZIGBEE2MQTT: zigbee2mqtt.PROFILE,
    Dialect.ESPHOME: esphome.PROFILE,
    Dialect.TASMOTA: tasmota.PROFILE,
    Dialect.SHELLY: shelly.PROFILE,
}

_ANNOUNCED = frozenset({PointKind.LEVEL, PointKind.SMOKE, PointKind.HEAT, PointKind.CO})
_DECODED = _ANNOUNCED | {PointKind.MULTI}


def listener_of(dialect: Dialect, root: str, known: Container[str]) -> SourceListener:
    """Return the listener of *dialect* below *root*; *known* are the addresses of its points."""
    if dialect is Dialect.TOCSIN:
        return TocsinListener(root)
    if dialect is Dialect.HOME_ASSISTANT:
        return DiscoveryListener(root, known)
    if dialect is Dialect.CHIRPSTACK:
        return ChirpStackListener(root, known)
    return ProfileListener(PROFILES[dialect], root, known)


def kinds_of(dialect: Dialect) -> frozenset[PointKind]:
    """Return the kinds of points that *dialect* can serve."""
    if dialect is Dialect.TOCSIN:
        return frozenset(PointKind)
    if dialect is Dialect.HOME_ASSISTANT:
        return _ANNOUNCED
    if dialect is Dialect.CHIRPSTACK:
        return _DECODED
    return PROFILES[dialect].kinds
