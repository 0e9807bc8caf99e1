"""Detectors with MQTT of their own: levels, retained messages, and what cannot be understood."""

import base64
import json
import time
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import aiohttp
import aiomqtt
import pytest

from contract.detectors import encode_sample
from contract.messages import VERSION, IncidentNotice
from contract.sentences import Sentence, Status
from tests.adapters.gateway.rig import Center, center, gateway, settings_for
from tests.support.servers import Server, free_port, mosquitto
from tests.support.waiting import eventually

Object = dict[str, Any]  # of JSON
Form = Literal["NFC", "NFD"]


def sources(port: int, *points: Object) -> Object:
    return {
        "sources": [
            {
                "name": "zigbee",
                "dialect": "zigbee2mqtt",
                "root": "zigbee2mqtt",
                "broker": {"port": port},
                "latch_s": 1.0,
                "longest_test_s": 2.0,
            },
            {"name": "own", "dialect": "tocsin", "root": "site/detectors", "broker": {"port": port}},
        ],
        "points": list(points),
        "reset_s": 0.5,
    }


@asynccontextmanager
async def site(
    tmp_path: Path, broker: Server, *points: Object, retained: dict[str, bytes] | None = None
) -> AsyncIterator[tuple[Center, aiomqtt.Client]]:
    """A gateway that listens to detectors on the same broker; *retained* was published before."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as detectors, center(broker) as rct:
        for topic, payload in (retained or {}).items():
            await detectors.publish(topic, payload, qos=1, retain=True)
        settings = settings_for(tmp_path, broker, **sources(broker.port, *points))
        async with gateway(settings):
            await eventually(lambda: rct.sees_lines)
            # The subscriptions stand when what is said on both roots is heard.
            await _heard(detectors, rct)
            yield rct, detectors


async def _heard(detectors: aiomqtt.Client, rct: Center) -> None:
    async def both() -> bool:
        await detectors.publish("zigbee2mqtt/hello-z", b'{"smoke":false}', qos=1)
        await detectors.publish("site/detectors/hello-o", sample("hello-o", "co", 1.0), qos=1)
        return bool(rct.readings("hello-z") and rct.readings("hello-o"))

    await eventually(both, every=0.1)


def sample(address: str, quantity: str, value: float | None, status: Status = Status.NORMAL) -> bytes:
    return encode_sample(Sentence(address, 1, quantity, value, status))


KITCHEN = {"name": "kitchen", "address": "Bếp 1", "source": "zigbee", "kind": "level"}


async def test_a_level_is_a_fire_while_it_is_true(broker: Server, tmp_path: Path) -> None:
    async with site(tmp_path, broker, KITCHEN) as (rct, detectors):
        for smoke in (True, True, False):
            state = {"smoke": smoke, "battery": 97, "linkquality": 120, "unheard_of": [1, 2]}
            await detectors.publish("zigbee2mqtt/Bếp 1", json.dumps(state), qos=1)
        await eventually(lambda: "kitchen fire restored: detector_alarm" in rct.story)
        assert rct.story.count("kitchen fire raised: detector_alarm") == 1
        await eventually(lambda: sorted(rct.readings("kitchen")) == [0.0, 1.0, 1.0, 97.0, 97.0, 97.0])


async def test_an_alarm_that_is_withdrawn_at_once_is_signalled_latched_and_a_tamper(
    broker: Server, tmp_path: Path
) -> None:
    async with site(tmp_path, broker, KITCHEN) as (rct, detectors):
        for smoke in (True, False):
            await detectors.publish("zigbee2mqtt/Bếp 1", json.dumps({"smoke": smoke}), qos=1)
        await eventually(lambda: "kitchen fire restored: detector_alarm" in rct.story)
        assert [each for each in rct.story if each.startswith("kitchen")] == [
            "kitchen fire raised: detector_alarm",
            "kitchen tamper raised: restored_too_soon",
            "kitchen fire restored: detector_alarm",
        ]


async def test_a_level_that_is_repeated_after_its_incident_was_closed_is_signalled_again(
    broker: Server, tmp_path: Path
) -> None:
    async with site(tmp_path, broker, KITCHEN) as (rct, detectors):

        def raises() -> int:
            of_fire = (each for each in rct.signals if each.name == "kitchen" and each.kind == "fire")
            return len({each.seq for each in of_fire if each.edge == "raised"})

        async def says_fire(times: int) -> bool:
            await detectors.publish("zigbee2mqtt/Bếp 1", b'{"smoke":true}', qos=1)
            return raises() == times

        await eventually(lambda: says_fire(1), every=0.1)
        for phase, at in (("acknowledged", 1), ("closed", 2), ("closed", 2)):
            await rct.tell(IncidentNotice(v=VERSION, incident="i-1", phase=phase, reason="r", at=at))
        await eventually(lambda: says_fire(2), every=0.1)
        for _ in range(10):
            await says_fire(2)
        await detectors.publish("zigbee2mqtt/Bếp 1", b'{"smoke":false}', qos=1)
        await eventually(lambda: "kitchen fire restored: detector_alarm" in rct.story)
        assert raises() == 2


async def test_smoke_beside_a_test_flag_that_was_left_over_is_a_fire(
    broker: Server, tmp_path: Path
) -> None:
    async with site(tmp_path, broker, KITCHEN) as (rct, detectors):
        for smoke in (False, True):
            state = {"smoke": smoke, "test": True}
            await detectors.publish("zigbee2mqtt/Bếp 1", json.dumps(state), qos=1)
        await eventually(lambda: "kitchen disabled raised: on_test" in rct.story)
        await eventually(lambda: "kitchen fire raised: detector_alarm" in rct.story)
        await eventually(lambda: "kitchen fault raised: test_too_long" in rct.story)


@pytest.mark.parametrize("age_s", [None, 86_400])
async def test_a_retained_alarm_of_unknown_age_is_a_prealarm_and_the_next_one_a_fire(
    broker: Server, tmp_path: Path, age_s: int | None
) -> None:
    state: dict[str, object] = {"smoke": True}
    if age_s is not None:
        state["last_seen"] = int((time.time() - age_s) * 1000)
    retained = {"zigbee2mqtt/Bếp 1": json.dumps(state).encode()}
    async with site(tmp_path, broker, KITCHEN, retained=retained) as (rct, detectors):
        await eventually(lambda: "kitchen prealarm raised: retained_alarm" in rct.story)
        assert "kitchen fire raised: detector_alarm" not in rct.story
        assert rct.readings("kitchen") == []
        await detectors.publish("zigbee2mqtt/Bếp 1", b'{"smoke":true}', qos=1)
        await eventually(lambda: "kitchen fire raised: detector_alarm" in rct.story)
        await eventually(lambda: "kitchen prealarm restored: retained_alarm" in rct.story)


async def test_a_retained_alarm_that_was_seen_just_now_is_a_fire(broker: Server, tmp_path: Path) -> None:
    state = {"smoke": True, "last_seen": int(time.time() * 1000) - 2_000}
    retained = {"zigbee2mqtt/Bếp 1": json.dumps(state).encode()}
    async with site(tmp_path, broker, KITCHEN, retained=retained) as (rct, _):
        await eventually(lambda: "kitchen fire raised: detector_alarm" in rct.story)
        assert "kitchen prealarm raised: retained_alarm" not in rct.story


async def test_a_detector_that_its_bridge_cannot_reach_is_in_fault(
    broker: Server, tmp_path: Path
) -> None:
    async with site(tmp_path, broker, KITCHEN) as (rct, detectors):
        for payload in (b'{"state":"offline"}', b"online"):
            await detectors.publish("zigbee2mqtt/Bếp 1/availability", payload, qos=1)
        await eventually(lambda: "kitchen fault restored: unavailable" in rct.story)


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("zigbee2mqtt/Bếp 1", b"\xff\xfe\xff", "not_json"),
        ("zigbee2mqtt/Bếp 1", b'{"smoke":"perhaps"}', "bad_shape"),
        ("zigbee2mqtt/Bếp 1", b"[" * 16_000, "bad_shape"),
        ("zigbee2mqtt/Bếp 1", b'{"smoke":true,"x":"' + b"x" * 17_000 + b'"}', "too_large"),
        ("zigbee2mqtt/Bếp 1/availability", b"perhaps", "bad_shape"),
        ("site/detectors/s-1", b"", "not_json"),
        ("site/detectors/s-1", b'{"v":1,"address":"s-1"}', "bad_shape"),
        (
            "site/detectors/s-1",
            b'{"v":2,"address":"s-1","sequence":1,"quantity":"smoke","value":9,"status":"normal"}',
            "bad_version",
        ),
        (
            "site/detectors/s-1",
            b'{"v":1,"address":"s-1","sequence":1,"quantity":"smoke","value":NaN,"status":"normal"}',
            "not_json",
        ),
        ("site/detectors/s-1", sample("s-2", "smoke", 0.0), "bad_shape"),
    ],
)
async def test_a_message_that_is_not_understood_is_quarantined_and_nothing_else_is_lost(
    broker: Server, tmp_path: Path, topic: str, payload: bytes, reason: str
) -> None:
    async with site(tmp_path, broker, KITCHEN) as (rct, detectors):
        await detectors.publish(topic, payload, qos=1)
        await detectors.publish("zigbee2mqtt/Bếp 1", b'{"smoke":true}', qos=1)
        await detectors.publish("site/detectors/m-1", sample("m-1", "manual", 1.0), qos=1)
        await eventually(lambda: "kitchen fire raised: detector_alarm" in rct.story)
        await eventually(lambda: "m-1 fire raised: manual_call" in rct.story)
        quarantine = tmp_path / "data" / "quarantine"
        lines = await eventually(
            lambda: [
                line for file in quarantine.glob("*.jsonl") for line in file.read_text().splitlines()
            ]
        )
        (record,) = map(json.loads, lines)
        assert (record["source"], record["reason"]) == (topic, reason)


async def test_other_devices_of_the_bridge_and_its_own_talk_are_ignored(
    broker: Server, tmp_path: Path
) -> None:
    async with site(tmp_path, broker) as (rct, detectors):
        await detectors.publish("zigbee2mqtt/bridge/state", b"garbage", qos=1)
        await detectors.publish("zigbee2mqtt/Lamp", b'{"state":"ON","battery":50}', qos=1)
        await detectors.publish("zigbee2mqtt/Lamp/set", b'{"state":"OFF"}', qos=1)
        await detectors.publish("zigbee2mqtt/Other", b'{"smoke":true}', qos=1)
        await eventually(lambda: "other fire raised: detector_alarm" in rct.story)
        assert not [each for each in rct.story if "lamp" in each]
        assert not (tmp_path / "data" / "quarantine").exists()


async def test_a_retained_sample_is_neither_a_reading_nor_a_fire(broker: Server, tmp_path: Path) -> None:
    retained = {
        "site/detectors/m-1": sample("m-1", "manual", 1.0),
        "site/detectors/s-1": sample("s-1", "smoke", 9.0),
    }
    async with site(tmp_path, broker, retained=retained) as (rct, _):
        await eventually(lambda: "m-1 prealarm raised: retained_alarm" in rct.story)
        assert rct.readings("m-1") == rct.readings("s-1") == []
        assert not [each for each in rct.story if " fire " in each]


async def test_a_source_whose_broker_is_away_is_a_fault_and_no_obstacle_to_the_others(
    broker: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.adapters.sources.detectors._BROKER_PATIENCE_S", 0.2)
    with mosquitto(tmp_path / "site") as local:
        settings = settings_for(tmp_path, broker, **sources(local.port, KITCHEN))
        async with center(broker) as rct, gateway(settings):
            async with aiomqtt.Client("127.0.0.1", local.port) as detectors:
                await _heard(detectors, rct)
            local.kill()
            await eventually(lambda: "zigbee fault raised: line_lost" in rct.story)
            local.start()
            await eventually(lambda: "zigbee fault restored: line_lost" in rct.story)


BEP = {"name": "bep", "source": "zigbee", "kind": "level"}


def quarantined(tmp_path: Path) -> list[Object]:
    files = (tmp_path / "data" / "quarantine").glob("*.jsonl")
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


@pytest.mark.parametrize("name", ["tang-1/bep", "a/b/c/d", "set/kho", "bridge-2/x", "x/availability/y"])
async def test_a_detector_whose_name_has_slashes_is_a_detector(
    broker: Server, tmp_path: Path, name: str
) -> None:
    point = {"name": "bep", "address": name, "source": "zigbee", "kind": "level"}
    async with site(tmp_path, broker, point) as (rct, detectors):
        await detectors.publish(f"zigbee2mqtt/{name}", b'{"smoke":true}', qos=1)
        await eventually(lambda: "bep fire raised: detector_alarm" in rct.story)
        await detectors.publish(f"zigbee2mqtt/{name}/availability", b'{"state":"offline"}', qos=1)
        await eventually(lambda: "bep fault raised: unavailable" in rct.story)


@pytest.mark.parametrize("known", [True, False])
async def test_one_topic_for_each_attribute_is_heard_as_one_object_is(
    broker: Server, tmp_path: Path, known: bool
) -> None:
    async with site(tmp_path, broker, *([BEP] if known else [])) as (rct, detectors):
        for attribute, value in (("battery", "9"), ("smoke", "false"), ("tamper", "true")):
            await detectors.publish(f"zigbee2mqtt/bep/{attribute}", value, qos=1)
        await eventually(lambda: "bep tamper raised: detector_tamper" in rct.story)
        await eventually(lambda: "bep supervisory raised: battery_low" in rct.story)
        await detectors.publish("zigbee2mqtt/bep/smoke", "true", qos=1)
        await eventually(lambda: "bep fire raised: detector_alarm" in rct.story)


@pytest.mark.parametrize(
    ("state", "story"),
    [
        ({"smoke": False, "carbon_monoxide": True, "co": 310}, "bep fire raised: co_alarm"),
        ({"gas": True}, "bep fire raised: gas_alarm"),
        ({"heat": "ON"}, "bep fire raised: heat_alarm"),
        ({"smoke": False, "fault": True}, "bep fault raised: detector_fault"),
        ({"smoke": False, "trouble": 1}, "bep fault raised: detector_fault"),
        ({"smoke": False, "device_fault": "true"}, "bep fault raised: detector_fault"),
        ({"smoke": False, "reliability": "process_error"}, "bep fault raised: detector_fault"),
        ({"smoke": False, "supervision": True}, "bep fault raised: detector_fault"),
        ({"smoke": False, "battery": 1}, "bep supervisory raised: battery_low"),
        ({"battery_state": "low"}, "bep supervisory raised: battery_low"),
        ({"water_leak": True}, "bep supervisory raised: water_leak"),
    ],
)
async def test_each_alarm_and_trouble_field_is_signalled(
    broker: Server, tmp_path: Path, state: Object, story: str
) -> None:
    async with site(tmp_path, broker, BEP) as (rct, detectors):
        await detectors.publish("zigbee2mqtt/bep", json.dumps(state), qos=1)
        await eventually(lambda: story in rct.story)


async def test_a_carbon_monoxide_point_of_a_bridge_alarms(broker: Server, tmp_path: Path) -> None:
    async with site(tmp_path, broker, {**BEP, "kind": "co"}) as (rct, detectors):
        await detectors.publish("zigbee2mqtt/bep", b'{"carbon_monoxide":true}', qos=1)
        await eventually(lambda: "bep fire raised: co_alarm" in rct.story)


async def test_a_retained_message_of_a_dead_detector_is_not_a_sign_of_life(
    broker: Server, tmp_path: Path
) -> None:
    point = {**BEP, "silent_after_s": 1.5}
    memory = {"smoke": True, "last_seen": int((time.time() - 3 * 86_400) * 1000)}
    async with site(tmp_path, broker, point) as (rct, detectors):
        await detectors.publish("zigbee2mqtt/bep", b'{"smoke":false}', qos=1)
        await eventually(lambda: "bep fault raised: silent" in rct.story)
        for _ in range(3):
            await detectors.publish("zigbee2mqtt/bep", json.dumps(memory), qos=1)
        await eventually(lambda: "bep prealarm raised: retained_alarm" in rct.story)
        assert not {"bep fault restored: silent", "bep fire raised: detector_alarm"} & {*rct.story}
        alive = {"smoke": False, "last_seen": int(time.time() * 1000)}
        await detectors.publish("zigbee2mqtt/bep", json.dumps(alive), qos=1)
        await eventually(lambda: "bep fault restored: silent" in rct.story)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("configured", ["NFC", "NFD"])
async def test_a_name_is_the_same_however_its_letters_are_written(
    broker: Server, tmp_path: Path, configured: Form, form: Form
) -> None:
    name = "Bếp tầng 1"
    point = {**BEP, "address": unicodedata.normalize(configured, name)}
    async with site(tmp_path, broker, point) as (rct, detectors):
        topic = f"zigbee2mqtt/{unicodedata.normalize(form, name)}"
        await detectors.publish(topic, b'{"smoke":true}', qos=1)
        await eventually(lambda: "bep fire raised: detector_alarm" in rct.story)
        assert not [each for each in rct.story if "bep-tang-1" in each]


@pytest.fixture
def soon_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.domain.supervision.unreadable_messages.READABLE_FOR_S", 0.5)


@pytest.mark.usefixtures("soon_readable")
@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("bep", b'{"rauch":true}', "no_known_field"),
        ("bep", b'{"battery":90,"fire_2nd":true}', "no_known_field"),
        ("bep", b'{"smoke":"perhaps"}', "bad_shape"),
        ("bep", b"smoke!", "not_json"),
        ("bep/smoke", b"perhaps", "bad_shape"),
        ("bep/rauch", b"true", "no_known_field"),
        ("never-seen", b'{"smoke_alert":true}', "no_known_field"),
    ],
)
async def test_a_source_that_is_not_understood_is_in_fault_until_it_is(
    broker: Server, tmp_path: Path, topic: str, payload: bytes, reason: str
) -> None:
    async with site(tmp_path, broker, BEP) as (rct, detectors):
        await detectors.publish(f"zigbee2mqtt/{topic}", payload, qos=1)
        await eventually(lambda: "zigbee fault raised: unreadable_messages" in rct.story)
        (record,) = await eventually(lambda: quarantined(tmp_path))
        assert (record["source"], record["reason"]) == (f"zigbee2mqtt/{topic}", reason)
        assert base64.b64decode(record["payload"]) == payload
        assert "bep fault restored: silent" not in rct.story
        sender = topic.removesuffix("/smoke").removesuffix("/rauch")
        await detectors.publish(f"zigbee2mqtt/{sender}", b'{"smoke":false}', qos=1)
        await eventually(lambda: "zigbee fault restored: unreadable_messages" in rct.story)


DISCOVERY = {"name": "ha", "dialect": "home_assistant", "root": "homeassistant"}


def announced(kind: str, **more: object) -> bytes:
    fields = {
        "state_topic": "nha/bep/state",
        "device_class": kind,
        "device": {"name": "Bếp", "identifiers": ["0x1"]},
        **more,
    }
    return json.dumps(fields).encode()


async def test_a_discovered_detector_is_heard_on_its_announced_topic(
    broker: Server, tmp_path: Path
) -> None:
    source = {**DISCOVERY, "broker": {"port": broker.port}}
    point = {"name": "bep", "address": "Bếp", "source": "ha", "kind": "level"}
    settings = settings_for(tmp_path, broker, sources=[source], points=[point])
    async with aiomqtt.Client("127.0.0.1", broker.port) as detectors, center(broker) as rct:
        template = "{{ value_json.smoke }}"
        config = announced("smoke", value_template=template, payload_on=True, payload_off=False)
        await detectors.publish("homeassistant/binary_sensor/0x1/smoke/config", config, 1, retain=True)
        async with gateway(settings):

            async def burns() -> bool:
                await detectors.publish("nha/bep/state", b'{"smoke":true}', qos=1)
                return "bep fire raised: detector_alarm" in rct.story

            # The subscription follows the announcement.
            await eventually(burns, every=0.1)


async def test_each_message_is_counted_by_its_outcome_and_shown(broker: Server, tmp_path: Path) -> None:
    port = free_port()
    settings = settings_for(tmp_path, broker, web={"port": port}, **sources(broker.port, BEP))
    async with (
        aiomqtt.Client("127.0.0.1", broker.port) as detectors,
        center(broker) as rct,
        gateway(settings),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        await _heard(detectors, rct)
        for topic, payload in (
            ("bep", b'{"smoke":false,"rauch":1}'),
            ("bep/availability", b"online"),
            ("bep", b'{"rauch":1}'),
            ("Lamp", b'{"state":"ON"}'),
            ("Lamp/set", b'{"state":"ON"}'),
            ("bridge/info", b"x" * 50_000),
            ("bep", b""),
        ):
            await detectors.publish(f"zigbee2mqtt/{topic}", payload, qos=1)

        async def source() -> Object:
            async with http.get("/status") as answer:
                shown = (await answer.json())["sources"]
            found: Object = next(each for each in shown if each["name"] == "zigbee")
            return found

        async def all_there() -> bool:
            return bool((await source())["ignored"].get("empty") == 1)

        await eventually(all_there)
        shown = await source()
        assert shown["understood"]["availability"] == 1
        assert shown["refused"] == {"no_known_field": 1}
        assert shown["ignored"] == {"not_a_detector": 1, "request": 1, "bridge": 1, "empty": 1}
        assert shown["unknown_fields"]["rauch"] == 2
        assert shown["unreadable_senders"] == ["bep"]
        async with http.get("/metrics") as answer:
            counted = await answer.text()
        labels = 'outcome="ignored",reason="bridge",source="zigbee"'
        assert f"tocsin_gateway_source_messages_total{{{labels}}} 1.0" in counted


ROOF = "as923_2/gateway/0016c001f1500001"


async def test_a_lorawan_gateway_that_is_gone_is_a_fault_of_the_source(
    broker: Server, tmp_path: Path
) -> None:
    source = {
        "name": "lora",
        "dialect": "chirpstack",
        "root": "application",
        "broker": {"port": broker.port},
        "radio_gateways": [ROOF],
        "radio_silent_after_s": 2.0,
    }
    async with (
        aiomqtt.Client("127.0.0.1", broker.port) as radio,
        center(broker) as rct,
        gateway(settings_for(tmp_path, broker, sources=[source])),
    ):
        await eventually(lambda: "lora fault raised: line_silent" in rct.story)

        async def is_heard() -> bool:
            await radio.publish(f"{ROOF}/event/stats", b"\x8a\x01\x100016c001f1500001", qos=1)
            return "lora fault restored: line_silent" in rct.story

        await eventually(is_heard, every=0.2)
