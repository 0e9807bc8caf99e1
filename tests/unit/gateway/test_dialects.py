"""Messages of real devices, in each dialect, have the fate that is written beside them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.detectors import Dialect
from gateway.domain.dialects.all_dialects import PROFILES, kinds_of, listener_of
from gateway.domain.dialects.common_fields import COMMON
from gateway.domain.dialects.outcome import InterpretedMessage, MessageOutcome, Publication
from gateway.domain.dialects.profile import ALARMS, IgnoreReason
from gateway.domain.model.detector_state import DetectorState
from gateway.domain.model.point_kinds import PointKind

VECTORS = Path(__file__).parents[2] / "vectors" / "dialects"


def corpus() -> Iterator[Any]:
    for file in sorted(VECTORS.glob("*.json")):
        content = json.loads(file.read_text())
        for message in content["messages"]:
            yield pytest.param(
                Dialect(file.stem), content, message, id=f"{file.stem}: {message['from']}"
            )


Content = dict[str, Any]  # of a JSON object


def payload_of(message: Content) -> bytes:
    if "body" in message:
        return json.dumps(message["body"], ensure_ascii=False).encode()
    if "latin" in message:
        latin: str = message["latin"]
        return latin.encode("latin-1")
    if "long" in message:
        return json.dumps({"smoke": True, "note": "x" * message["long"]}).encode()
    text: str = message["text"]
    return text.encode()


def heard(dialect: Dialect, content: Content, *messages: Publication) -> list[InterpretedMessage]:
    listener = listener_of(dialect, content["root"], frozenset(content["known"]))
    interpreted_messages = [
        each for message in messages for each in listener.interpret_message(message, 0.0)
    ]
    return [*interpreted_messages, *listener.interpret_due(1.0)]


def as_followed(interpreted: InterpretedMessage, known: list[str]) -> InterpretedMessage:
    """Return the message as a site reads it: an unknown device without an alarm level is no detector."""
    if interpreted.state is None or interpreted.state.alarms or interpreted.address in known:
        return interpreted
    return replace(
        interpreted, outcome=MessageOutcome.IGNORED, reason=IgnoreReason.NOT_A_DETECTOR, state=None
    )


def told_by(state: DetectorState) -> dict[str, object]:
    """Return the fields that *state* has."""
    names = ("smoke", "heat", "co", "gas", "water_leak", "test", "tamper", "battery", "battery_low")
    said = {name: getattr(state, name) for name in (*names, "measured_at")}
    said |= {"faults": dict(state.faults), "values": dict(state.values)}
    return {name: value for name, value in said.items() if value not in (None, {})}


@pytest.mark.parametrize(("dialect", "content", "message"), list(corpus()))
def test_a_message_of_a_real_device_has_its_outcome(
    dialect: Dialect, content: Content, message: Content
) -> None:
    topic = f"{content['root']}/{message['topic']}"
    (interpreted,) = heard(dialect, content, Publication(topic, payload_of(message)))
    interpreted = as_followed(interpreted, content["known"])
    reason = message.get("reason", "state")
    assert (interpreted.outcome, interpreted.reason) == (MessageOutcome(message["outcome"]), reason)
    assert interpreted.messages == (Publication(topic, payload_of(message)),)
    if interpreted.outcome is MessageOutcome.REFUSED:
        assert interpreted.error is not None
    if "told" in message:
        assert interpreted.state is not None
        assert told_by(interpreted.state) == message["told"]
    assert interpreted.online == message.get("online")
    assert interpreted.address == message.get("address", interpreted.address)
    assert list(interpreted.unknown_fields) == message.get("unknown", list(interpreted.unknown_fields))


def test_each_dialect_has_messages_of_five_makers() -> None:
    for dialect in (*PROFILES, Dialect.CHIRPSTACK):
        content = json.loads((VECTORS / f"{dialect}.json").read_text())
        understood = [each for each in content["messages"] if each["outcome"] == "understood"]
        # Of Shelly, which is one maker: five devices.
        apart = "," if dialect is Dialect.SHELLY else None
        assert len({each["from"].split(apart)[0] for each in understood}) >= 5, dialect


@pytest.mark.parametrize("dialect", [each for each in Dialect if each is not Dialect.TOCSIN])
def test_no_bridge_can_say_that_a_call_point_was_pressed(dialect: Dialect) -> None:
    assert PointKind.MANUAL not in kinds_of(dialect)
    assert PointKind.LEVEL in kinds_of(dialect)


ZIGBEE = {"root": "zigbee2mqtt", "known": ["bep"]}
ALARM_FIELDS = sorted(name for name, field in COMMON.items() if field.meaning in ALARMS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(
    field=st.sampled_from(ALARM_FIELDS),
    level=st.sampled_from([True, 1, "ON", "true", "DETECTED", "alarm", {"value": True}]),
    rest=st.dictionaries(st.sampled_from(sorted(COMMON)) | st.text(max_size=12), JSON, max_size=6),
)
def test_a_fire_is_never_refused_for_the_shape_of_another_field(
    field: str, level: object, rest: Content
) -> None:
    body = json.dumps({**rest, field: level}).encode()
    (interpreted,) = heard(Dialect.ZIGBEE2MQTT, ZIGBEE, Publication("zigbee2mqtt/bep", body))
    assert interpreted.state is not None
    assert interpreted.state.is_alarm


@given(
    dialect=st.sampled_from(list(Dialect)),
    path=st.text(max_size=30)
    | st.sampled_from(["bep", "bep/smoke", "sensor/x/config", "a/sensor/smoke"]),
    payload=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()),
    retained=st.booleans(),
)
def test_each_message_has_exactly_one_outcome(
    dialect: Dialect, path: str, payload: bytes, retained: bool
) -> None:
    message = Publication(f"zigbee2mqtt/{path}", payload, retained)
    interpreted_messages = heard(dialect, ZIGBEE, message)
    assert [each for interpreted in interpreted_messages for each in interpreted.messages] == [message]


@given(unknown=st.dictionaries(st.text(max_size=12), JSON, min_size=1, max_size=4))
def test_a_field_that_nobody_knows_is_never_normal(unknown: Content) -> None:
    known = {name for name in unknown if name.lower() in COMMON}
    body = json.dumps({name: value for name, value in unknown.items() if name not in known}).encode()
    (interpreted,) = heard(Dialect.ZIGBEE2MQTT, ZIGBEE, Publication("zigbee2mqtt/bep", body))
    assert interpreted.state is None or interpreted.state.alarms or json.loads(body)


def fields_one_by_one(*pairs: tuple[str, str]) -> list[Publication]:
    return [Publication(f"zigbee2mqtt/bep/{name}", value.encode()) for name, value in pairs]


def test_fields_that_come_one_by_one_are_one_state() -> None:
    messages = fields_one_by_one(
        ("battery", "100"), ("last_seen", "1795464785581"), ("smoke", "true"), ("test", "true")
    )
    (interpreted,) = heard(Dialect.ZIGBEE2MQTT, ZIGBEE, *messages)
    assert interpreted.state is not None
    assert told_by(interpreted.state) == {
        "smoke": True,
        "test": True,
        "battery": 100.0,
        "measured_at": 1795464785581000,
    }
    assert interpreted.messages == tuple(messages)


def test_an_alarm_that_is_over_at_once_was_an_alarm() -> None:
    interpreted_messages = heard(
        Dialect.ZIGBEE2MQTT, ZIGBEE, *fields_one_by_one(("smoke", "true"), ("smoke", "false"))
    )
    assert [each.state.smoke for each in interpreted_messages if each.state] == [True, False]


def test_an_unknown_field_beside_known_ones_is_counted_and_harms_nothing() -> None:
    messages = fields_one_by_one(("smoke", "false"), ("rauch", "5"))
    (interpreted,) = heard(Dialect.ZIGBEE2MQTT, ZIGBEE, *messages)
    assert (interpreted.outcome, interpreted.unknown_fields) == (MessageOutcome.UNDERSTOOD, ("rauch",))
