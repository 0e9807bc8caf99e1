"""Topics and payloads in which the bridges of radio detectors write the state of one, by dialect."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

import msgspec

from contract.detectors import Dialect, ZigbeeState, encode_zigbee

_APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"


@dataclass(frozen=True, slots=True)
class Published:
    """One message of a bridge."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Bridge:
    """The messages of a bridge in one dialect: its greeting, a state, the loss of a detector."""

    greeting: Callable[[str, str], list[Published]]
    state: Callable[[str, str, ZigbeeState, int], list[Published]]
    availability: Callable[[str, str, str], list[Published]]


def bridge_of(dialect: Dialect) -> Bridge | None:
    """Return the bridge of *dialect*; None for Tocsin's own, which has none."""
    return _BRIDGES.get(dialect)


def _nothing(root: str, address: str) -> list[Published]:
    return []


def _zigbee(root: str, address: str, state: ZigbeeState, at_ms: int) -> list[Published]:
    seen = msgspec.structs.replace(state, last_seen=at_ms)
    return [Published(f"{root}/{address}", encode_zigbee(seen))]


def _zigbee_availability(root: str, address: str, word: str) -> list[Published]:
    payload = json.dumps({"state": word}).encode()
    return [Published(f"{root}/{address}/availability", payload, retain=True)]


def _announced(root: str, address: str) -> list[Published]:
    """The announcements of Home Assistant's discovery; the state is beside the prefix."""
    return [
        _announcement(root, address, "binary_sensor", "smoke"),
        _announcement(root, address, "binary_sensor", "tamper"),
        _announcement(root, address, "sensor", "battery"),
    ]


def _announcement(root: str, address: str, component: str, kind: str) -> Published:
    body = {
        "device_class": kind,
        "state_topic": f"{root}-state/{address}",
        "value_template": f"{{{{ value_json.{kind} }}}}",
        "payload_on": True,
        "payload_off": False,
        "availability_topic": f"{root}-state/{address}/status",
        "device": {"name": address, "identifiers": [address]},
    }
    topic = f"{root}/{component}/{address}/{kind}/config"
    return Published(topic, json.dumps(body, ensure_ascii=False).encode(), retain=True)


def _home_assistant(root: str, address: str, state: ZigbeeState, at_ms: int) -> list[Published]:
    return _zigbee(f"{root}-state", address, state, at_ms)


def _home_assistant_availability(root: str, address: str, word: str) -> list[Published]:
    return [Published(f"{root}-state/{address}/status", word.encode(), retain=True)]


def _esphome(root: str, address: str, state: ZigbeeState, at_ms: int) -> list[Published]:
    below = f"{root}/{address}"
    return [
        Published(f"{below}/binary_sensor/smoke/state", b"ON" if state.smoke else b"OFF"),
        Published(f"{below}/binary_sensor/tamper/state", b"ON" if state.tamper else b"OFF"),
        Published(f"{below}/sensor/battery_level/state", str(state.battery).encode()),
    ]


def _esphome_availability(root: str, address: str, word: str) -> list[Published]:
    return [Published(f"{root}/{address}/status", word.encode(), retain=True)]


def _tasmota(root: str, address: str, state: ZigbeeState, at_ms: int) -> list[Published]:
    fields = {"Name": address, "Fire": int(bool(state.smoke)), "Tamper": int(bool(state.tamper))}
    body = {"ZbReceived": {"0x1A2B": {**fields, "BatteryPercentage": state.battery}}}
    return [Published(f"{root}/zbbridge/SENSOR", json.dumps(body, ensure_ascii=False).encode())]


def _tasmota_availability(root: str, address: str, word: str) -> list[Published]:
    return [Published(f"{root}/{address}/LWT", word.title().encode(), retain=True)]


def _shelly(root: str, address: str, state: ZigbeeState, at_ms: int) -> list[Published]:
    below = f"{root}/{address}/status"
    smoke = {"id": 0, "alarm": bool(state.smoke), "mute": False}
    power = {"id": 0, "battery": {"V": 3.0, "percent": state.battery}, "external": {"present": False}}
    return [
        Published(f"{below}/smoke:0", json.dumps(smoke).encode()),
        Published(f"{below}/devicepower:0", json.dumps(power).encode()),
    ]


def _shelly_availability(root: str, address: str, word: str) -> list[Published]:
    payload = b"true" if word == "online" else b"false"
    return [Published(f"{root}/{address}/online", payload, retain=True)]


def _chirpstack(root: str, address: str, state: ZigbeeState, at_ms: int) -> list[Published]:
    """An uplink whose payload the codec of the device profile decoded under common names."""
    told = {"smoke": state.smoke, "test": state.test, "tamper": state.tamper, "battery": state.battery}
    decoded = {name: value for name, value in told.items() if value is not None}
    eui = sha256(address.encode()).hexdigest()[:16]
    at = datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat(timespec="milliseconds")
    event = {
        "deduplicationId": str(uuid5(NAMESPACE_URL, f"{eui}/{at_ms}")),
        "time": at,
        "deviceInfo": {"applicationId": _APPLICATION, "deviceName": address, "devEui": eui},
        "devAddr": eui[:8],
        "fCnt": at_ms // 100 % 2**32,  # its frames are counted by its clock
        "fPort": 2,
        "data": b64encode(json.dumps(decoded).encode()).decode(),
        "object": decoded,
        "rxInfo": [{"gatewayId": "0016c001f153a14c", "rssi": -97, "snr": 6.5}],
    }
    topic = f"{root}/{_APPLICATION}/device/{eui}/event/up"
    return [Published(topic, json.dumps(event, ensure_ascii=False).encode())]


def _no_availability(root: str, address: str, word: str) -> list[Published]:
    """Nothing: a LoRaWAN network server does not say that a device is away; only silence does."""
    return []


_BRIDGES = {
    Dialect.ZIGBEE2MQTT: Bridge(_nothing, _zigbee, _zigbee_availability),
    Dialect.HOME_ASSISTANT: Bridge(_announced, _home_assistant, _home_assistant_availability),
    Dialect.ESPHOME: Bridge(_nothing, _esphome, _esphome_availability),
    Dialect.TASMOTA: Bridge(_nothing, _tasmota, _tasmota_availability),
    Dialect.SHELLY: Bridge(_nothing, _shelly, _shelly_availability),
    Dialect.CHIRPSTACK: Bridge(_nothing, _chirpstack, _no_availability),
}
