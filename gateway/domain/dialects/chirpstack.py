"""ChirpStack v4: the events of LoRaWAN devices, as its MQTT integration publishes them in JSON.

Topics: ``{root}/{application}/device/{DevEUI}/event/{event}``, of which the root is ``application``
unless somebody changed it; it may have the application in it. Fields: ChirpStack's
api/proto/integration/integration.proto; in JSON of protobuf what is 0, false or empty is not written.
``object`` is what the codec of the device profile made of the payload.
"""

import json
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

from contract.messages import BadMessage, MessageRefusal
from gateway.domain.dialects import values
from gateway.domain.dialects.common_fields import COMMON, ZONE_ALARMS
from gateway.domain.dialects.listener import content_of, forms, interpret_state, nfc
from gateway.domain.dialects.lora_devices import model_of
from gateway.domain.dialects.lora_frames import Frame, FrameOrder, LoraFrames
from gateway.domain.dialects.outcome import (
    ContentKind,
    HeardDevice,
    InterpretedMessage,
    MessageOutcome,
    Publication,
    ignored_message,
    refused_message,
)
from gateway.domain.dialects.profile import Fields, IgnoreReason
from gateway.domain.dialects.values import Json, UnreadableValue
from gateway.domain.model.detector_state import DetectorState

_BRIDGE_EVENTS = frozenset({"log", "ack", "txack", "location", "integration"})
"""Events that are not signs of life: of the network server, or of a frame that it may have refused."""

_MOST_RECEPTIONS = 20
_MOST_DEVICES = 10_000


@dataclass(frozen=True, slots=True)
class _Event:
    """An event of one device."""

    eui: str
    kind: str
    fields: Fields
    message: Publication

    @property
    def info(self) -> Fields:
        """The part that names the device."""
        info = self.fields.get("deviceInfo")
        return info if isinstance(info, dict) else {}

    @property
    def measured_at(self) -> int | None:
        """Time of reception of the uplink, in microseconds since 1970."""
        return values.time(self.fields.get("time"))

    @property
    def frame(self) -> Frame:
        """Identity of the uplink among others."""
        content = json.dumps([self.fields.get("data"), self.fields.get("object")], sort_keys=True)
        counter = self.fields.get("fCnt", 0)
        return Frame(
            dev_addr=str(self.fields.get("devAddr")),
            counter=counter if isinstance(counter, int) else 0,
            content=hash(content),
            measured_at=self.measured_at,
        )


class ChirpStackListener:
    """Interprets the events below *root*; *known* are the addresses of configured points.

    The address of a detector is its DevEUI, or its name in ChirpStack where a point has that.
    """

    def __init__(self, root: str, known: Container[str]) -> None:
        self._root = nfc(root)
        self._known = known
        self._frames = LoraFrames()
        # Devices whose own payload tells the charge: the one that the radio measures is another.
        self._tells_charge: set[str] = set()

    @property
    def topics(self) -> frozenset[str]:
        """The events of all devices below the root, in both Unicode normal forms."""
        below = ("+/device/+/event/+", "device/+/event/+")
        return frozenset(f"{form}/{each}" for form in forms(self._root) for each in below)

    def interpret_message(self, message: Publication, t: float) -> Iterator[InterpretedMessage]:
        """Yield the interpretation of *message*, received at *t* seconds."""
        levels = nfc(message.topic).removeprefix(f"{self._root}/").split("/")
        match levels[-4:]:
            case ["device", str(eui), "event", str(kind)] if eui and len(levels) <= 5:
                yield self._interpret_event(eui.lower(), kind, message, t)
            case ["device", _, "command", _]:
                yield ignored_message(IgnoreReason.REQUEST, message)
            case _:
                yield ignored_message(IgnoreReason.OTHER_TOPIC, message)

    def interpret_due(self, t: float) -> Iterator[InterpretedMessage]:
        """Yield nothing: an event is never gathered."""
        yield from ()

    def _interpret_event(
        self, eui: str, kind: str, message: Publication, t: float
    ) -> InterpretedMessage:
        if kind in _BRIDGE_EVENTS:
            return ignored_message(IgnoreReason.BRIDGE, message)
        if kind not in {"up", "join", "status"}:
            return ignored_message(IgnoreReason.OTHER_TOPIC, message)
        if not message.payload:
            return ignored_message(IgnoreReason.EMPTY, message)
        try:
            event = _Event(eui, kind, content_of(message.payload).fields(), message)
        except BadMessage as error:
            return refused_message(error, self._address(eui, ""), message)
        if kind == "up":
            return self._interpret_uplink(event, t)
        if kind == "join" and not message.retained:
            self._frames.forget(eui)
        return self._sign_of_life(event)

    def _interpret_uplink(self, event: _Event, t: float) -> InterpretedMessage:
        """Return the interpretation of an uplink: each counts once, and an old "normal" ends nothing."""
        if event.message.retained:  # it says less than the same one live, which may follow
            return self._interpret_payload(event)
        order = self._frames.place(event.eui, event.frame, t)
        if order is FrameOrder.REPEATED:
            return ignored_message(IgnoreReason.REPEATED, event.message)
        interpreted = self._interpret_payload(event)
        state = interpreted.state
        if order is FrameOrder.OVERTAKEN and state is not None and not state.is_alarm:
            return ignored_message(IgnoreReason.OVERTAKEN, event.message)
        return interpreted

    def _interpret_payload(self, event: _Event) -> InterpretedMessage:
        decoded = event.fields.get("object")
        if not isinstance(decoded, dict):
            return self._undecoded(event)
        model = model_of(decoded)
        address = self._address_of(event)
        configured = address in self._known
        table = COMMON if model is None else model.fields
        interpreted = interpret_state(
            {**table, **ZONE_ALARMS} if configured else table,
            address,
            decoded if model is None else model.read(decoded),
            event.message,
            configured=configured,
        )
        device = _device(event)
        if model is not None:
            device = replace(device, model=model.name, silent_after_s=model.silent_after_s(decoded))
        state = interpreted.state
        if state is not None:
            state = replace(state, measured_at=event.measured_at or state.measured_at)
            if state.battery is not None and len(self._tells_charge) < _MOST_DEVICES:
                self._tells_charge.add(event.eui)
        return replace(interpreted, state=state, device=device)

    def _undecoded(self, event: _Event) -> InterpretedMessage:
        """Return a sign of life for an uplink without payload; refuse one that nobody decoded."""
        if not event.fields.get("data"):
            return self._sign_of_life(event)
        address = self._address_of(event)
        if address not in self._known:
            return ignored_message(IgnoreReason.NOT_A_DETECTOR, event.message)
        error = BadMessage(
            MessageRefusal.NO_KNOWN_FIELD,
            "the payload is not decoded; give its device profile in ChirpStack the codec of its maker",
        )
        return refused_message(error, address, event.message)

    def _sign_of_life(self, event: _Event) -> InterpretedMessage:
        """Return what an event says of a device that says nothing of a fire."""
        reasons = {"join": ContentKind.JOIN, "status": ContentKind.DEVICE_STATUS}
        battery = self._charge(event) if event.kind == "status" else None
        return InterpretedMessage(
            messages=(event.message,),
            outcome=MessageOutcome.UNDERSTOOD,
            reason=reasons.get(event.kind, ContentKind.STATE),
            address=self._address_of(event),
            state=DetectorState(battery=battery, measured_at=event.measured_at),
            retained=event.message.retained,
            device=_device(event),
        )

    def _charge(self, event: _Event) -> float | None:
        """Return the charge in percent that the radio reported, where the device has no better one."""
        without = event.fields.get("batteryLevelUnavailable") or event.fields.get("externalPowerSource")
        if without or event.eui in self._tells_charge:
            return None
        percent = _number(event.fields.get("batteryLevel"))
        return percent if percent is not None and 0 <= percent <= 100 else None

    def _address_of(self, event: _Event) -> str:
        return self._address(event.eui, str(event.info.get("deviceName") or ""))

    def _address(self, eui: str, name: str) -> str:
        """Return the address that a point has: the DevEUI as it is written there, or the name."""
        return next((each for each in (eui, eui.upper(), nfc(name)) if each in self._known), eui)


def _device(event: _Event) -> HeardDevice:
    receptions = event.fields.get("rxInfo")
    heard = [
        (rssi, _number(each.get("snr")))
        for each in (receptions[:_MOST_RECEPTIONS] if isinstance(receptions, list) else ())
        if isinstance(each, dict) and (rssi := _number(each.get("rssi"))) is not None
    ]
    rssi, snr = max(heard, key=lambda each: each[0], default=(None, None))
    return HeardDevice(name=str(event.info.get("deviceName") or ""), rssi=rssi, snr=snr)


def _number(value: Json) -> float | None:
    try:
        return values.number(value)
    except UnreadableValue:
        return None
