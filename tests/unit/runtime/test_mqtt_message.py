"""Requirements on the reading of messages from the wire, past paho, which judges each packet here."""

from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt import _packet
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.exception import MalformedPacket

from runtime.mqtt_message import MqttMessage, publish_at

MESSAGES = st.tuples(
    st.text(min_size=1, max_size=40),
    st.binary(max_size=300),
    st.booleans(),
    st.sampled_from([0, 1]),
    st.integers(1, 65_535),
)


def packet(topic: bytes, payload: bytes, *, qos: int, number: int = 1, retained: bool = False) -> bytes:
    body = len(topic).to_bytes(2) + topic + (number.to_bytes(2) if qos else b"") + payload
    return bytes([0x30 | qos << 1 | retained]) + length_of(body) + body


def length_of(body: bytes) -> bytes:
    left, written = len(body), b""
    while left >= 128:
        written += bytes([left & 127 | 128])
        left >>= 7
    return written + bytes([left])


@given(st.lists(MESSAGES, max_size=6), st.integers(0, 10))
def test_each_whole_message_is_read_and_what_is_not_whole_is_left(
    messages: list[tuple[str, bytes, bool, int, int]], short: int
) -> None:
    wire = [
        packet(topic.encode(), payload, qos=qos, number=number, retained=retained)
        for topic, payload, retained, qos, number in messages
    ]
    data = b"".join(wire)
    cut = data[: len(data) - short]
    at, found = 0, []
    while (each := publish_at(cut, at)) is not None:
        found.append((each.message, each.number))
        at = each.end

    whole = len(wire)
    while whole and sum(map(len, wire[:whole])) > len(cut):
        whole -= 1
    assert found == [
        (MqttMessage(topic, payload, retained), number.to_bytes(2) if qos else b"")
        for topic, payload, retained, qos, number in messages[:whole]
    ]
    assert at == sum(map(len, wire[:whole]))


@given(st.binary(max_size=40), st.sampled_from([0x30, 0x31, 0x32, 0x33, 0x3A, 0x3B]))
def test_what_is_read_of_any_bytes_is_what_paho_reads(body: bytes, header: int) -> None:
    found = publish_at(bytes([header, len(body)]) + body + b"\xd0\x00", 0)
    try:
        wanted = _packet.decode_publish(header, body, MQTTProtocolVersion.MQTTv311)
        topic = wanted.topic.decode()
    except (MalformedPacket, UnicodeDecodeError):
        assert found is None
        return

    assert found is not None
    assert found.message == MqttMessage(topic, bytes(wanted.payload), wanted.retain)
    assert int.from_bytes(found.number) == wanted.mid
    assert found.end == 2 + len(body)


def test_packets_that_are_no_message_or_ask_for_two_answers_are_left_to_paho() -> None:
    whole = packet(b"a", b"b", qos=1)
    assert publish_at(whole, 0) is not None
    assert publish_at(bytes([whole[0] & ~0x06 | 0x04]) + whole[1:], 0) is None
    for other in (b"\x40\x02\x00\x01", b"\xd0\x00", b"\x30", b"\x32\xff\xff\xff\xff\x01", b""):
        assert publish_at(other, 0) is None
