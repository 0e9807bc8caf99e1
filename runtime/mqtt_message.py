"""A message of MQTT, and its form on the wire (MQTT 3.1.1, 3.3)."""

from dataclasses import dataclass
from typing import NamedTuple

_PUBLISH = 0x30
_TYPE = 0xF0
_QOS_1 = 0x02
_QOS_2 = 0x04
_RETAINED = 0x01

_LONGEST_LENGTH = 4
"""Bytes of the length of a packet (MQTT 3.1.1, 2.2.3)."""


@dataclass(frozen=True, slots=True)
class MqttMessage:
    """A message as it arrived; *retained* if the broker kept it from an earlier time."""

    topic: str
    payload: bytes
    retained: bool


class PublishPacket(NamedTuple):
    """A *message* on the wire: *end* is where the next packet begins.

    *number* are the two bytes that its acknowledgement repeats; empty where it needs none.
    """

    message: MqttMessage
    number: bytes
    end: int


def publish_at(data: bytes, begin: int) -> PublishPacket | None:
    """Return the message whose packet begins at *begin* in *data*.

    None for everything but a whole and well-formed packet of a message with quality of service 0 or 1.
    """
    if begin >= len(data) or data[begin] & _TYPE != _PUBLISH or data[begin] & _QOS_2:
        return None
    body, end = _bounds(data, begin + 1)
    topic_at = body + 2
    if end > len(data) or topic_at > end:
        return None
    payload_at = number_at = topic_at + int.from_bytes(data[body:topic_at])
    if data[begin] & _QOS_1:
        payload_at += 2
    if payload_at > end or number_at == topic_at:
        return None
    try:
        topic = data[topic_at:number_at].decode()
    except UnicodeDecodeError:
        return None
    message = MqttMessage(topic, data[payload_at:end], bool(data[begin] & _RETAINED))
    return PublishPacket(message, data[number_at:payload_at], end)


def _bounds(data: bytes, begin: int) -> tuple[int, int]:
    """Return where the body of the packet begins whose length is written at *begin*, and where it ends.

    The end lies beyond *data* where the length is not all there, or is none.
    """
    length = shift = 0
    for at in range(begin, min(begin + _LONGEST_LENGTH, len(data))):
        length |= (data[at] & 0x7F) << shift
        if data[at] < 0x80:
            return at + 1, at + 1 + length
        shift += 7
    return begin, len(data) + 1
