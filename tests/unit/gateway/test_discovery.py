"""Detectors that announce themselves for Home Assistant are heard where they say, as they say."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.dialects.home_assistant import DiscoveryListener
from gateway.domain.dialects.outcome import InterpretedMessage, MessageOutcome, Publication
from gateway.domain.dialects.template import UnknownTemplate, ValueTemplate
from tests.unit.gateway.test_dialects import VECTORS, Content, payload_of, told_by

CONTENT = json.loads((VECTORS / "home_assistant.json").read_text())


def listener() -> DiscoveryListener:
    return DiscoveryListener(CONTENT["root"], frozenset(CONTENT["known"]))


def announce(here: DiscoveryListener, device: Content) -> None:
    for each in device["announces"]:
        message = Publication(f"homeassistant/{each['topic']}", payload_of(each), retained=True)
        (interpreted,) = here.interpret_message(message, 0.0)
        assert (interpreted.outcome, interpreted.reason) == (MessageOutcome.UNDERSTOOD, "announcement")


def messages() -> Iterator[Any]:
    for device in CONTENT["devices"]:
        for number, message in enumerate(device["messages"]):
            yield pytest.param(device, message, id=f"{device['from']}: {number}")


@pytest.mark.parametrize(("device", "message"), list(messages()))
def test_a_device_is_heard_as_it_announced(device: Content, message: Content) -> None:
    here = listener()
    announce(here, device)
    published = Publication(message["topic"], payload_of(message))
    interpreted_messages = list(here.interpret_message(published, 0.0))
    assert [each for interpreted in interpreted_messages for each in interpreted.messages] == [published]
    (interpreted,) = interpreted_messages
    if "refused" in message:
        assert (interpreted.outcome, interpreted.reason) == (MessageOutcome.REFUSED, message["refused"])
        return
    assert (interpreted.outcome, interpreted.address) == (MessageOutcome.UNDERSTOOD, message["address"])
    assert interpreted.online == message.get("online")
    assert (told_by(interpreted.state) if interpreted.state else None) == message.get("told")


@pytest.mark.parametrize("device", CONTENT["devices"], ids=lambda each: each["from"])
def test_a_device_is_subscribed_to_where_its_messages_are(device: Content) -> None:
    here = listener()
    announce(here, device)
    for message in device["messages"]:
        below = message["topic"].startswith("homeassistant/")
        assert below or message["topic"] in here.topics


def test_the_devices_are_of_five_makers_of_bridges() -> None:
    assert len({each["from"].split()[0] for each in CONTENT["devices"]}) >= 5


def test_topics_without_a_detector_are_not_subscribed_to() -> None:
    here = listener()
    body = json.dumps(
        {"device_class": "battery", "state_topic": "phone/battery", "device": {"name": "P"}}
    )
    list(here.interpret_message(Publication("homeassistant/sensor/phone/config", body.encode()), 0.0))
    assert here.topics == {"homeassistant/#"}
    (interpreted,) = here.interpret_message(Publication("phone/battery", b"3"), 0.0)
    assert (interpreted.outcome, interpreted.reason) == (MessageOutcome.IGNORED, "other_topic")


def test_a_state_that_expires_is_a_detector_that_cannot_be_reached() -> None:
    here = listener()
    announce(here, CONTENT["devices"][2])
    alive = Publication("stat/tasmota_gas/SWITCH1", b'{"STATE":"OFF"}')
    list(here.interpret_message(alive, 0.0))
    assert list(here.interpret_due(59.0)) == []
    assert [(each.address, each.online) for each in here.interpret_due(61.0)] == [("tasmota_gas", False)]
    assert list(here.interpret_due(200.0)) == []
    assert [each.online for each in here.interpret_message(alive, 201.0)] == [True, None]


def test_a_detector_is_available_if_all_its_availability_topics_say_so() -> None:
    here = listener()
    announce(here, CONTENT["devices"][0])

    def told(topic: str, state: str) -> bool | None:
        body = json.dumps({"state": state}).encode()
        return next(each.online for each in here.interpret_message(Publication(topic, body), 0.0))

    assert told("zigbee2mqtt/Bếp/availability", "offline") is False
    assert told("zigbee2mqtt/bridge/state", "online") is False
    assert told("zigbee2mqtt/Bếp/availability", "online") is True


def test_two_devices_of_one_name_stay_apart() -> None:
    here = listener()
    for number in (1, 2):
        body = {
            "device_class": "smoke",
            "state_topic": f"d/{number}",
            "device": {"name": "Khói", "identifiers": [f"id-{number}"]},
        }
        topic = f"homeassistant/binary_sensor/{number}/config"
        list(here.interpret_message(Publication(topic, json.dumps(body).encode()), 0.0))
    told = [
        next(iter(here.interpret_message(Publication(f"d/{number}", b"ON"), 0.0))) for number in (1, 2)
    ]
    assert [each.address for each in told] == ["Khói", "id-2"]


def test_an_entity_that_is_taken_away_is_forgotten() -> None:
    here = listener()
    announce(here, CONTENT["devices"][2])
    list(here.interpret_message(Publication("homeassistant/binary_sensor/tasmota_gas/config", b""), 0.0))
    assert here.topics == {"homeassistant/#"}


def test_words_are_compared_whatever_the_form_of_their_letters() -> None:
    here = listener()
    body = {"device_class": "smoke", "state_topic": "s", "payload_on": "Cháy", "device": {"name": "Bếp"}}
    config = json.dumps(body).encode()
    list(here.interpret_message(Publication("homeassistant/binary_sensor/bep/config", config), 0.0))
    said = unicodedata.normalize("NFD", "Cháy").encode()
    (interpreted,) = here.interpret_message(Publication("s", said), 1.0)
    assert interpreted.state is not None
    assert interpreted.state.smoke is True


@pytest.mark.parametrize(
    ("template", "payload", "value"),
    [
        ("", "ON", "ON"),
        ("{{ value }}", "ON", "ON"),
        ("{{value_json.smoke}}", '{"smoke": true}', True),
        ("{{- value_json['smoke'] -}}", '{"smoke": "ON"}', "ON"),
        ('{{ value_json["a"].b[0] }}', '{"a": {"b": [7]}}', 7),
        ("{{ value_json.a.b | default('x') | lower }}", '{"a": {"b": "ON"}}', "ON"),
        ("{{ value_json.missing }}", "{}", None),
        ("{{ value_json.value == 2 }}", '{"value": 2}', True),
        ("{{ value_json.value != 'clear' }}", '{"value": "clear"}', False),
        ("{{ 'ON' if value_json.smoke else 'OFF' }}", '{"smoke": false}', "OFF"),
        ("{{ 'ON' if value_json.state == 'alarm' else 'OFF' }}", '{"state": "alarm"}', "ON"),
        ("{{ 'ON' if value_json.smoke is true else 'OFF' }}", '{"smoke": true}', "ON"),
        ("{{ 'ON' if value == '1' else 'OFF' }}", "1", "ON"),
        ("{% if value_json.smoke %}ON{% else %}OFF{% endif %}", '{"smoke": true}', "ON"),
        ("{% if value_json.smoke %}ON{% else %}OFF{% endif %}", "{}", None),
    ],
)
def test_the_simple_forms_of_templates_are_understood(
    template: str, payload: str, value: object
) -> None:
    assert ValueTemplate(template).render(payload.encode()) == value


@pytest.mark.parametrize(
    "template",
    [
        "{{ states('binary_sensor.x') }}",
        "{{ value_json.smoke and value_json.heat }}",
        "{{ value_json.smoke | regex_replace('a', 'b') }}",
        "{{ not value_json.smoke }}",
        "{{ value_json.level > 3 }}",
        "{% set x = 1 %}{{ x }}",
        "ON",
    ],
)
def test_of_another_form_nothing_is_guessed(template: str) -> None:
    with pytest.raises(UnknownTemplate):
        ValueTemplate(template).render(b'{"smoke": true, "heat": true, "level": 2}')


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["homeassistant/binary_sensor/a/config", "homeassistant/x", "s", "a/b"]),
            st.binary(max_size=40)
            | st.sampled_from(
                [json.dumps(each["announces"][0]["body"]).encode() for each in CONTENT["devices"]]
            ),
        ),
        max_size=8,
    )
)
def test_each_discovery_message_has_one_outcome(pairs: list[tuple[str, bytes]]) -> None:
    here = listener()
    for topic, payload in pairs:
        message = Publication(topic, payload)
        interpreted_messages: list[InterpretedMessage] = list(here.interpret_message(message, 0.0))
        assert [each for interpreted in interpreted_messages for each in interpreted.messages] == [
            message
        ]
