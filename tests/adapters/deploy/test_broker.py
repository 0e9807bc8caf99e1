"""The broker of deploy/mosquitto lets each program do its part, and nobody else's."""

import asyncio
import re
import signal
import stat
from pathlib import Path

import aiomqtt
import pytest
from pydantic import SecretStr

from alerting.settings import MqttSettings
from contract.topics import Leaf, Topic, topic_filter
from runtime.mqtt import MqttSession
from runtime.mqtt_message import MqttMessage
from runtime.settings import Broker
from tests.adapters.deploy.broker import (
    GATEWAY,
    OTHER_GATEWAY,
    CenterBroker,
    add_user,
    center_broker,
    make_certificates,
)
from tests.support.waiting import eventually

ROOT = "tocsin/v1"
UP = (
    Leaf.ALARM,
    Leaf.TELEMETRY,
    Leaf.PRESENCE,
    Leaf.HEARTBEAT,
    Leaf.INVENTORY,
    Leaf.RENEWAL,
)
DOWN = (
    Leaf.RECEIPT_ALARM,
    Leaf.RECEIPT_TELEMETRY,
    Leaf.INCIDENT,
    Leaf.INVENTORY_REQUEST,
    Leaf.CERTIFICATE,
)
MAY_READ = {
    "ingest": {Leaf.TELEMETRY, Leaf.ALARM},
    "alerting": {Leaf.ALARM, Leaf.PRESENCE, Leaf.HEARTBEAT, Leaf.INVENTORY, Leaf.RENEWAL},
    "operator": set(Leaf),
    "receiver": {Leaf.RECEIPT_ALARM, Leaf.INCIDENT, Leaf.INVENTORY_REQUEST},
}
MAY_WRITE = {
    "ingest": {Leaf.RECEIPT_TELEMETRY},
    "alerting": {Leaf.RECEIPT_ALARM, Leaf.INCIDENT, Leaf.INVENTORY_REQUEST, Leaf.CERTIFICATE},
    "operator": set[Leaf](),
    "receiver": {Leaf.ALARM, Leaf.PRESENCE, Leaf.HEARTBEAT, Leaf.INVENTORY},
    GATEWAY: set(UP),
}


def topic_of(gateway: str, leaf: Leaf) -> str:
    premises, _, name = gateway.partition("/")
    return Topic(premises, name, leaf).under(ROOT)


def writer_of(leaf: Leaf) -> str:
    return GATEWAY if leaf in UP else next(user for user, leaves in MAY_WRITE.items() if leaf in leaves)


@pytest.mark.parametrize(("user", "password"), [(None, None), ("ingest", "guess")])
async def test_who_has_no_password_is_refused(
    center: CenterBroker, user: str | None, password: str | None
) -> None:
    with pytest.raises(aiomqtt.MqttError, match=r"(?i)not authori[sz]ed"):
        async with aiomqtt.Client("127.0.0.1", center.server.port, username=user, password=password):
            pass


async def test_only_the_listeners_that_were_asked_for_are_open(tmp_path: Path) -> None:
    with center_broker(tmp_path / "broker", tls=True) as center:
        opened = re.findall(r"Opening ipv. listen socket on port (\d+)", center.server.log.read_text())
        assert {int(port) for port in opened} == {center.server.port, center.tls_port}


async def test_each_program_is_sent_what_it_needs_and_nothing_else(center: CenterBroker) -> None:
    for user, leaves in MAY_READ.items():
        for leaf in Leaf:
            topic = topic_of(GATEWAY, leaf)
            subscription = topic_filter(leaf, ROOT)
            heard = await center.hears(user, [subscription], published=topic, by=writer_of(leaf))
            assert set(heard) == ({topic} if leaf in leaves else set()), f"{user} reading {leaf}"


async def test_a_gateway_is_told_of_itself_alone(center: CenterBroker) -> None:
    for leaf in Leaf:
        for gateway in (GATEWAY, OTHER_GATEWAY):
            topic = topic_of(gateway, leaf)
            by = gateway if leaf in UP else writer_of(leaf)
            heard = await center.hears(GATEWAY, [f"{ROOT}/#"], published=topic, by=by)
            own = gateway == GATEWAY and leaf in DOWN
            assert set(heard) == ({topic} if own else set()), topic


@pytest.mark.parametrize("user", [*MAY_WRITE])
async def test_each_may_say_only_what_is_its_own_to_say(center: CenterBroker, user: str) -> None:
    # The operator hears everything, so what the operator does not hear was not let through.
    listener = "operator" if user != "operator" else "alerting"
    for leaf in Leaf if user != "operator" else MAY_READ["alerting"]:
        topic = topic_of(GATEWAY, leaf)
        heard = await center.hears(listener, [f"{ROOT}/#"], published=topic, by=user)
        assert set(heard) == ({topic} if leaf in MAY_WRITE[user] else set()), f"{user} writing {leaf}"


@pytest.mark.parametrize("user", [*MAY_WRITE])
async def test_people_are_told_by_alerting_alone(center: CenterBroker, user: str) -> None:
    listener = "operator" if user != "operator" else "alerting"
    topic = f"{MqttSettings().prefix}/desks/east"
    heard = await center.hears(listener, [topic], published=topic, by=user)
    assert set(heard) == ({topic} if user == "alerting" else set())


async def test_a_gateway_cannot_speak_for_another(center: CenterBroker) -> None:
    for leaf in Leaf:
        forged = topic_of(GATEWAY, leaf)
        heard = await center.hears("operator", [f"{ROOT}/#"], published=forged, by=OTHER_GATEWAY)
        assert heard == [], leaf


async def test_a_gateway_cannot_throw_alerting_out_by_taking_its_client_id(center: CenterBroker) -> None:
    alarms = topic_filter(Leaf.ALARM, ROOT)
    async with center.client("alerting", identifier="tocsin-alerting") as alerting:
        await alerting.subscribe(alarms, qos=1)
        for taken in ("tocsin-alerting", "alerting"):
            async with center.client(OTHER_GATEWAY, identifier=taken):
                pass
        async with center.client(GATEWAY) as gateway:
            await gateway.publish(topic_of(GATEWAY, Leaf.ALARM), b"fire", qos=1)
        message = await asyncio.wait_for(anext(aiter(alerting.messages)), 10)
        assert message.payload == b"fire"


async def test_the_health_check_reads_that_the_broker_is_up_and_nothing_else(
    center: CenterBroker,
) -> None:
    async with center.client("health") as health, center.client(GATEWAY) as gateway:
        await health.subscribe("#", qos=1)
        await gateway.publish(topic_of(GATEWAY, Leaf.PRESENCE), b"{}", qos=1, retain=True)
        await health.subscribe("$SYS/broker/uptime")
        message = await asyncio.wait_for(anext(aiter(health.messages)), 15)
        assert message.topic.value == "$SYS/broker/uptime"


async def test_the_largest_message_of_the_protocol_gets_through(center: CenterBroker) -> None:
    topic = topic_of(GATEWAY, Leaf.TELEMETRY)
    async with center.client("ingest") as ingest, center.client(GATEWAY) as gateway:
        await ingest.subscribe(topic, qos=1)
        await gateway.publish(topic, b"x" * 1_048_576, qos=1)
        message = await asyncio.wait_for(anext(aiter(ingest.messages)), 10)
        assert len(bytes(message.payload)) == 1_048_576


async def test_presence_and_what_waits_survive_a_power_cut_once_they_were_written(
    center: CenterBroker, tmp_path: Path
) -> None:
    presence, alarm = topic_of(GATEWAY, Leaf.PRESENCE), topic_of(GATEWAY, Leaf.ALARM)
    async with center.client("alerting", identifier="any", clean=False) as alerting:
        await alerting.subscribe(alarm, qos=1)
    async with center.client(GATEWAY) as gateway:
        await gateway.publish(presence, b"here i am", qos=1, retain=True)
        await gateway.publish(alarm, b"waiting fire", qos=1)
    stored = tmp_path / "broker" / "data" / "mosquitto.db"
    await eventually(lambda: stored.exists() and b"waiting fire" in stored.read_bytes())
    center.server.kill()
    center.server.start()
    heard: set[bytes] = set()
    async with center.client("alerting", identifier="any", clean=False) as alerting:
        await alerting.subscribe(presence, qos=1)
        while len(heard) < 2:
            message = await asyncio.wait_for(anext(aiter(alerting.messages)), 10)
            heard.add(bytes(message.payload))
    assert heard == {b"here i am", b"waiting fire"}


async def test_a_new_gateway_is_let_in_without_a_restart(center: CenterBroker) -> None:
    center.passwords["new-one/gw-1"] = add_user(center.users, "new-one/gw-1").stdout.strip()
    assert center.server.process is not None
    center.server.process.send_signal(signal.SIGHUP)
    await eventually(lambda: _reaches_the_operator(center, "new-one/gw-1"))


async def test_a_new_password_ends_the_old_one(center: CenterBroker) -> None:
    old = center.passwords[GATEWAY]
    rules = (center.users / "acl").read_text()
    center.passwords[GATEWAY] = add_user(center.users, GATEWAY).stdout.strip()
    assert center.passwords[GATEWAY] != old
    assert center.server.process is not None
    center.server.process.send_signal(signal.SIGHUP)
    await eventually(lambda: _accepts(center, GATEWAY, center.passwords[GATEWAY]))
    assert not await _accepts(center, GATEWAY, old)
    assert (center.users / "acl").read_text() == rules


def test_a_user_that_could_never_speak_is_refused_by_name(tmp_path: Path) -> None:
    for user in ("admin", "Cho/gw", "a/b/c", "+/+", "p/#", "p/", "a\nuser b/c"):
        made = add_user(tmp_path, user)
        assert made.returncode == 2, user
        assert "is no user" in made.stderr
    assert not (tmp_path / "passwords").exists()


def test_no_password_stands_in_a_file_as_it_is(center: CenterBroker) -> None:
    text = (center.users / "passwords").read_text()
    assert len(text.splitlines()) == len(center.passwords)
    assert all(password not in text for password in center.passwords.values())


def test_adding_a_user_leaves_the_mode_of_the_files_as_it_was(center: CenterBroker) -> None:
    for name in ("passwords", "acl"):
        (center.users / name).chmod(0o640)
    assert add_user(center.users, "new-one/gw-1").returncode == 0
    for name in ("passwords", "acl"):
        assert stat.S_IMODE((center.users / name).stat().st_mode) == 0o640


async def test_a_gateway_connects_with_tls_and_knows_the_broker(tmp_path: Path) -> None:
    with center_broker(tmp_path / "broker", tls=True) as center:
        connected = asyncio.Event()

        async def up() -> None:
            connected.set()

        session = MqttSession(
            _tls_settings(center, center.users / "ca.crt"),
            client_id="any",
            topics=[topic_of(GATEWAY, Leaf.INCIDENT)],
            on_message=_ignore,
            on_connected=up,
        )
        running = asyncio.create_task(session.run())
        try:
            await asyncio.wait_for(connected.wait(), 10)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_gateway_does_not_speak_to_a_broker_of_another_authority(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    make_certificates(other, "127.0.0.1")
    with center_broker(tmp_path / "broker", tls=True) as center:
        parameters = aiomqtt.TLSParameters(ca_certs=str(other / "ca.crt"))
        with pytest.raises(aiomqtt.MqttError, match=r"(?i)certificate verify failed"):
            async with aiomqtt.Client("127.0.0.1", center.tls_port, tls_params=parameters):
                pass


async def _ignore(_: MqttMessage) -> None:
    pass


def _tls_settings(center: CenterBroker, ca_file: Path) -> Broker:
    return Broker(
        host="127.0.0.1",
        port=center.tls_port,
        username=GATEWAY,
        password=SecretStr(center.passwords[GATEWAY]),
        tls=True,
        ca_file=ca_file,
    )


async def _accepts(center: CenterBroker, user: str, password: str) -> bool:
    try:
        async with aiomqtt.Client("127.0.0.1", center.server.port, username=user, password=password):
            return True
    except aiomqtt.MqttError:
        return False


async def _reaches_the_operator(center: CenterBroker, gateway: str) -> bool:
    try:
        return bool(
            await center.hears(
                "operator", [f"{ROOT}/#"], published=topic_of(gateway, Leaf.ALARM), by=gateway
            )
        )
    except aiomqtt.MqttError:
        return False
