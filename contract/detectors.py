"""What a detector with MQTT of its own says to its gateway (docs/protocol.md, 5)."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from contract.messages import (
    UNREADABLE,
    VERSION,
    BadMessage,
    Refusal,
    Versioned,
    check_size,
    read_body,
)
from contract.names import Name
from contract.sentences import SEQUENCE_MODULUS, Sentence, Status

MAX_PAYLOAD = 16_384
"""Largest detector message in bytes; real ones are under 1 kB."""


LAST_MILLISECOND = 253_402_300_799_999
"""The end of the year 9999 in milliseconds since 1970: the last moment that a program can hold."""


class Dialect(StrEnum):
    """How the detectors of one MQTT source speak."""

    TOCSIN = "tocsin"
    ZIGBEE2MQTT = "zigbee2mqtt"


class Sample(Versioned, frozen=True, kw_only=True):
    """One sample of Tocsin's own MQTT detectors: the fields of a sentence, as JSON."""

    address: Name
    sequence: Annotated[int, Meta(ge=0, lt=SEQUENCE_MODULUS)]
    quantity: Name
    value: float | None
    status: Status


class ZigbeeState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state that zigbee2mqtt publishes for a smoke sensor; every field may be absent.

    *smoke* is a level: true for as long as the sensor is in alarm. *last_seen* is when the
    sensor was last heard, in milliseconds since 1970 (with zigbee2mqtt's ``last_seen: epoch``)
    or as ISO 8601 text.
    """

    smoke: bool | None = None
    test: bool | None = None
    tamper: bool | None = None
    battery: float | None = None
    battery_low: bool | None = None
    linkquality: float | None = None
    last_seen: Annotated[int, Meta(ge=0, le=LAST_MILLISECOND)] | str | None = None


class _Smoke(Struct, frozen=True):
    smoke: bool


_encoder = msgspec.json.Encoder()
_sample_decoder = msgspec.json.Decoder(Sample)
_zigbee_decoder = msgspec.json.Decoder(ZigbeeState)
_smoke_decoder = msgspec.json.Decoder(_Smoke)


def encode_sample(sentence: Sentence) -> bytes:
    """*sentence* as the JSON of an MQTT detector."""
    return _encoder.encode(
        Sample(
            v=VERSION,
            address=sentence.address,
            sequence=sentence.sequence,
            quantity=sentence.quantity,
            value=sentence.value,
            status=sentence.status,
        )
    )


def decode_sample(payload: bytes) -> Sentence:
    """The sample in *payload*; raises BadMessage."""
    sample = read_body(_sample_decoder, payload, MAX_PAYLOAD)
    return Sentence(sample.address, sample.sequence, sample.quantity, sample.value, sample.status)


def encode_zigbee(state: ZigbeeState) -> bytes:
    """*state* as zigbee2mqtt publishes it: without the fields that the sensor does not have."""
    return _encoder.encode(state)


def decode_zigbee(payload: bytes) -> ZigbeeState:
    """The sensor state in *payload*; raises BadMessage.

    Smoke is never refused for the shape of another field: such a message is read as smoke alone.
    """
    check_size(payload, MAX_PAYLOAD)
    try:
        return _zigbee_decoder.decode(payload)
    except UNREADABLE as flaw:
        if _tells_of_smoke(payload):
            return ZigbeeState(smoke=True)
        raise _refused(flaw) from flaw


def _tells_of_smoke(payload: bytes) -> bool:
    try:
        return _smoke_decoder.decode(payload).smoke
    except UNREADABLE:
        return False


def _refused(flaw: Exception) -> BadMessage:
    shape = isinstance(flaw, msgspec.ValidationError)
    return BadMessage(Refusal.BAD_SHAPE if shape else Refusal.NOT_JSON, str(flaw))
