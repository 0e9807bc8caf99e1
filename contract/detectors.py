"""Messages of detectors with their own MQTT to their gateway (docs/protocol.md, 5)."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from contract.messages import VERSION, Versioned, read_body
from contract.names import Name
from contract.sentences import SEQUENCE_MODULUS, Sentence, Status

MAX_PAYLOAD = 16_384
"""Largest detector message in bytes; real ones are under 1 kB."""


LAST_MILLISECOND = 253_402_300_799_999
"""The end of the year 9999 in milliseconds since 1970: the last moment that a program can hold."""


class Dialect(StrEnum):
    """The dialect of the detectors of a source."""

    TOCSIN = "tocsin"
    ZIGBEE2MQTT = "zigbee2mqtt"
    HOME_ASSISTANT = "home_assistant"
    ESPHOME = "esphome"
    TASMOTA = "tasmota"
    SHELLY = "shelly"
    CHIRPSTACK = "chirpstack"


class Sample(Versioned, frozen=True, kw_only=True):
    """A sample of Tocsin's own MQTT detectors: the fields of a sentence, as JSON."""

    address: Name
    sequence: Annotated[int, Meta(ge=0, lt=SEQUENCE_MODULUS)]
    quantity: Name
    value: float | None
    status: Status


class ZigbeeState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state that zigbee2mqtt publishes for a smoke sensor, as the simulator writes it.

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


_encoder = msgspec.json.Encoder()
_sample_decoder = msgspec.json.Decoder(Sample)


def encode_sample(sentence: Sentence) -> bytes:
    """Return *sentence* as the JSON of an MQTT detector."""
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
    """Return the sample in *payload*; raise BadMessage."""
    sample = read_body(_sample_decoder, payload, MAX_PAYLOAD)
    return Sentence(sample.address, sample.sequence, sample.quantity, sample.value, sample.status)


def encode_zigbee(state: ZigbeeState) -> bytes:
    """Return *state* as zigbee2mqtt publishes it, without fields that the sensor lacks."""
    return _encoder.encode(state)
