"""Report a gateway of a LoRaWAN network that is silent or disconnected as a fault of its source.

ChirpStack's MQTT Forwarder and Gateway Bridge publish statistics below ``.../event/stats``, each 30 s
unless somebody changed it, and keep ``.../state/conn`` retained: a ``ConnState`` in JSON or protobuf
(chirpstack, api/proto/gw/gw.proto), of which the broker publishes the last will.
"""

from collections.abc import Iterable, Iterator

import msgspec

from contract.messages import Kind
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason

_STATS, _STATE = "/event/stats", "/state/conn"

_STATE_FIELD = 2
"""Of ``ConnState``: 0 is offline, and left out; 1 is online."""

_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
"""Wire types of protobuf."""


class RadioGatewayWatch:
    """Watches the gateways at *topics*, up to their ids; none may be silent for *silent_after_s*."""

    def __init__(
        self, conditions: ConditionSet, topics: Iterable[str], *, silent_after_s: float
    ) -> None:
        self._conditions = conditions
        self._silent_after_s = silent_after_s
        self._heard_at: dict[str, float | None] = dict.fromkeys(topics)
        self._offline: set[str] = set()
        self._faulty: set[str] = set()

    @property
    def topics(self) -> frozenset[str]:
        """The topics to subscribe to."""
        return frozenset(f"{each}{end}" for each in self._heard_at for end in (_STATS, _STATE))

    @property
    def silent(self) -> list[str]:
        """The topics of the gateways that are in fault."""
        return sorted(self._faulty)

    def is_of_one(self, topic: str) -> bool:
        """Return whether a message of *topic* is of one of them."""
        return _gateway_of(topic) in self._heard_at

    def accept_message(
        self, topic: str, payload: bytes, moment: Moment, *, retained: bool
    ) -> list[ConditionChange]:
        """Note a message of one of them; a retained one is no sign of life now."""
        gateway = _gateway_of(topic)
        if topic.endswith(_STATE):
            is_online = says_online(payload)
            (self._offline.discard if is_online else self._offline.add)(gateway)
            if is_online and not retained:
                self._heard_at[gateway] = moment.t
        elif not retained:
            self._heard_at[gateway] = moment.t
            self._offline.discard(gateway)
        return self._judge(gateway, moment)

    def set_disconnected(self) -> None:
        """Note that the broker is away: silence begins anew when it is back."""
        self._heard_at = dict.fromkeys(self._heard_at)

    def tick(self, moment: Moment) -> list[ConditionChange]:
        """Return what the passing time brings, while the broker is connected."""
        changes: list[ConditionChange] = []
        for gateway, heard_at in self._heard_at.items():
            if heard_at is None:
                self._heard_at[gateway] = moment.t
            changes += self._judge(gateway, moment)
        return changes

    def _judge(self, gateway: str, moment: Moment) -> list[ConditionChange]:
        heard_at = self._heard_at[gateway]
        is_silent = heard_at is not None and moment.t - heard_at > self._silent_after_s
        is_faulty = is_silent or gateway in self._offline
        if is_faulty is (gateway in self._faulty):
            return []
        cause = ConditionCause(Kind.FAULT, SignalReason.LINE_SILENT, gateway)
        if is_faulty:
            self._faulty.add(gateway)
            return self._conditions.begin(cause, moment)
        self._faulty.discard(gateway)
        return self._conditions.end(cause, moment)


def _gateway_of(topic: str) -> str:
    return topic.removesuffix(_STATS).removesuffix(_STATE)


def says_online(payload: bytes) -> bool:
    """Return whether *payload*, a ``ConnState``, says that its gateway is connected."""
    if not payload.lstrip().startswith(b"{"):
        return any(value == 1 for field, value in _varints(payload) if field == _STATE_FIELD)
    try:
        state = msgspec.json.decode(payload, type=dict[str, object]).get("state")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return state in {"ONLINE", 1}


def _varints(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the numbers of the fields of a protobuf message; what is cut off ends them."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield tag >> 3, value
        elif kind == _BYTES:
            length, at = _varint(data, at)
            at += length
        elif kind in {_FIXED_64, _FIXED_32}:
            at += 8 if kind == _FIXED_64 else 4
        else:
            return


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at *at* and the place behind it."""
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    return value, at
